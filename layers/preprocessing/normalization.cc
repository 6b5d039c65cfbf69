#include "layers/preprocessing/normalization.h"

#include <algorithm>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "layers/registry.h"

namespace cornu::layers {
namespace {

// A number or nested lists, as NumPy's tolist() makes them.
Config nested_list(const std::vector<double>& values, const Shape& shape, std::int64_t axis, std::size_t& next) {
  if (axis == shape.rank()) return values[next++];
  Config list = Config::list();
  for (std::int64_t i = 0; i < shape[axis]; ++i) list.push_back(nested_list(values, shape, axis + 1, next));
  return list;
}

Config statistic_config(const Tensor& tensor) {
  if (!tensor.defined()) return {};
  std::size_t next = 0;
  return nested_list(tensor.to_vector<double>(), tensor.shape(), 0, next);
}

void flatten(const Config& config, std::int64_t depth, Shape& shape, std::vector<double>& values) {
  if (!config.is_list()) {
    values.push_back(config.as_double());
    return;
  }
  if (depth == shape.rank()) shape.push_back(static_cast<std::int64_t>(config.size()));
  for (const Config& item : config.as_list()) flatten(item, depth + 1, shape, values);
}

Tensor statistic_from(const Config& config) {
  if (config.is_null()) return {};
  Shape shape;
  std::vector<double> values;
  flatten(config, 0, shape, values);
  return Tensor::copy(values, shape);
}

}  // namespace

Normalization::Normalization(const NormalizationOptions& options) : Shared(options) {}

NormalizationLayer::NormalizationLayer(const NormalizationOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}), options_(options) {
  const Tensor& mean = options.mean;
  const Tensor& variance = options.variance;
  if (mean.defined() != variance.defined()) {
    throw InvalidArgument("Normalization '" + name() +
                              "': mean and variance must be given both or not at all; got only the " +
                              (mean.defined() ? "mean" : "variance"),
                          name());
  }
  if (mean.defined() && mean.shape() != variance.shape()) {
    throw ShapeError("Normalization '" + name() + "': mean and variance must have one shape; got " +
                         mean.shape().to_string() + " and " + variance.shape().to_string(),
                     name());
  }
  set_supports_masking(true);
}

void NormalizationLayer::build(const Shapes& inputs) {
  axes_ = options_.axis.resolved(inputs[0], describe());
  sizes_ = sizes_along(inputs[0], axes_, describe());
  if (options_.mean.defined()) {
    try {
      broadcast_shapes(options_.mean.shape(), sizes_);
    } catch (const ShapeError&) {
      throw ShapeError(describe() + ": expected a mean and variance that broadcast to shape " + sizes_.to_string() +
                           ", the input's sizes along the axes; got " + options_.mean.shape().to_string(),
                       name());
    }
    return;
  }
  mean_ = add_weight("mean", sizes_, {.initializer = "zeros", .trainable = false});
  variance_ = add_weight("variance", sizes_, {.initializer = "ones", .trainable = false});
  add_weight("count", {}, {.initializer = "zeros", .trainable = false, .dtype = int64});
}

std::vector<std::int64_t> NormalizationLayer::reduced_axes(const Shape& shape) const {
  std::vector<std::int64_t> reduced;
  for (std::int64_t axis = 0; axis < shape.rank(); ++axis) {
    if (std::find(axes_.begin(), axes_.end(), axis) == axes_.end()) reduced.push_back(axis);
  }
  return reduced;
}

void NormalizationLayer::adapt(const Tensor& data) {
  bool given = false;
  adapt([&]() -> Tensor {
    if (given) return {};
    given = true;
    return data;
  });
}

void NormalizationLayer::adapt(const std::function<Tensor()>& next) {
  if (options_.mean.defined()) {
    throw StateError(
        describe() + ": its mean and variance were given, so there is nothing to adapt. Leave them out of the options.",
        name());
  }
  Tensor mean;
  Tensor variance;
  double count = 0.0;
  for (Tensor batch = next(); batch.defined(); batch = next()) {
    build_for({batch.shape()});
    if (batch.rank() != build_shapes()[0].rank() || sizes_along(batch.shape(), axes_, describe()) != sizes_) {
      throw ShapeError(describe() + ": expected data of size " + sizes_.to_string() +
                           " along its axes, with which it was built; got shape " + batch.shape().to_string(),
                       name());
    }
    // In float64: the running combination of many batches loses nothing that shows.
    const Tensor values = ops::cast(batch, float64);
    const std::vector<std::int64_t> reduced = reduced_axes(batch.shape());
    const Tensor batch_mean = reduced.empty() ? values : ops::mean(values, {.axis = reduced});
    const Tensor batch_variance = reduced.empty() ? ops::zeros_like(values) : ops::var(values, {.axis = reduced});
    double batch_count = 1.0;
    for (const std::int64_t axis : reduced) batch_count *= static_cast<double>(batch.shape()[axis]);
    if (batch_count == 0.0) continue;
    count += batch_count;
    if (!mean.defined()) {
      mean = batch_mean;
      variance = batch_variance;
      continue;
    }
    const double weight = batch_count / count;
    const Tensor total = mean * (1.0 - weight) + batch_mean * weight;
    variance = (variance + ops::square(mean - total)) * (1.0 - weight) +
               (batch_variance + ops::square(batch_mean - total)) * weight;
    mean = total;
  }
  if (!mean.defined()) throw InvalidArgument(describe() + ": expected data to adapt to; got none", name());
  mean_.assign(mean);
  variance_.assign(variance);
}

Tensor NormalizationLayer::statistic(const Tensor& given, const Variable& adapted, const Shape& input) const {
  const Tensor value =
      adapted.defined() ? compute_value(adapted) : ops::cast(ops::broadcast_to(given, sizes_), compute_dtype());
  return ops::reshape(value, shape_along(input, axes_));
}

Outputs NormalizationLayer::call(const Inputs& inputs, const CallContext&) {
  constexpr double kEpsilon = 1e-7;
  const Tensor x = ops::cast(inputs[0], compute_dtype());
  const Tensor mean = statistic(options_.mean, mean_, x.shape());
  const Tensor deviation = ops::maximum(ops::sqrt(statistic(options_.variance, variance_, x.shape())), kEpsilon);
  if (options_.invert) return mean + x * deviation;
  return (x - mean) / deviation;
}

Config NormalizationLayer::config() const {
  Config config = Layer::config();
  config.set("axis", options_.axis.as_list().config());
  config.set("invert", options_.invert);
  config.set("mean", statistic_config(options_.mean));
  config.set("variance", statistic_config(options_.variance));
  return config;
}

namespace {

const bool kRegistered = register_layer("Normalization", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  const AxisArgument everything{std::vector<std::int64_t>{}};
  const AxisArgument otherwise = config.contains("axis") ? everything : AxisArgument(-1);
  return Normalization({.axis = AxisArgument::from_config(config.get("axis"), otherwise),
                        .mean = statistic_from(config.get("mean")),
                        .variance = statistic_from(config.get("variance")),
                        .invert = config.get_bool("invert", false),
                        .name = settings.name,
                        .trainable = settings.trainable,
                        .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
