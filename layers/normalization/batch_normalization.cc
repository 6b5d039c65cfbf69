#include "layers/normalization/batch_normalization.h"

#include <cmath>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/batch_norm.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/stop_gradient.h"
#include "framework/ops/where.h"
#include "layers/axis_argument.h"
#include "layers/layer_title.h"
#include "layers/registry.h"

namespace cornu::layers {
namespace {

// Keras' `backend.epsilon()`: keeps the mean of a batch that is masked altogether finite.
constexpr double kMaskEpsilon = 1e-7;

std::vector<std::int64_t> all_axes_but(std::int64_t rank, std::int64_t axis) {
  std::vector<std::int64_t> axes;
  for (std::int64_t i = 0; i < rank; ++i) {
    if (i != axis) axes.push_back(i);
  }
  return axes;
}

// One value a feature, as a tensor that broadcasts with the input.
Tensor along(const Tensor& values, const Tensor& x, std::int64_t axis) {
  if (axis == x.rank() - 1) return values;
  return ops::reshape(values, shape_along(x.shape(), {axis}));
}

void assign_moving(const Variable& moving, const Tensor& batch, double momentum) {
  moving.assign(moving.value() * momentum + batch * (1.0 - momentum));
}

void check(const BatchNormalizationOptions& options) {
  if (!options.renorm || !options.renorm_clipping) return;
  const RenormClipping& clipping = *options.renorm_clipping;
  const std::string who = layer_title("BatchNormalization", options.name);
  if (clipping.rmax && clipping.rmin && *clipping.rmax < *clipping.rmin) {
    throw InvalidArgument(who + ": renorm_clipping.rmax must not be less than rmin; got rmax " +
                              std::to_string(*clipping.rmax) + " and rmin " + std::to_string(*clipping.rmin),
                          path_in_title(who));
  }
  if (clipping.dmax && *clipping.dmax < 0) {
    throw InvalidArgument(who + ": renorm_clipping.dmax must not be negative; got " + std::to_string(*clipping.dmax),
                          path_in_title(who));
  }
}

Config clipping_config(const BatchNormalizationOptions& options) {
  if (!options.renorm_clipping) return options.renorm ? Config::dict() : Config();
  const RenormClipping& clipping = *options.renorm_clipping;
  Config config = Config::dict();
  if (clipping.rmax) config.set("rmax", *clipping.rmax);
  if (clipping.rmin) config.set("rmin", *clipping.rmin);
  if (clipping.dmax) config.set("dmax", *clipping.dmax);
  return config;
}

// Files of Keras 2 hold a list of one axis.
std::int64_t axis_from(const Config& config) {
  if (config.is_null()) return -1;
  if (config.is_list() && config.size() == 1) return config.as_ints()[0];
  return config.as_int();
}

std::optional<RenormClipping> clipping_from(const Config& config) {
  if (!config.is_dict()) return {};
  const auto number = [&](const char* key) {
    const Config& value = config.get(key);
    return value.is_number() ? std::optional(value.as_double()) : std::nullopt;
  };
  return RenormClipping{.rmax = number("rmax"), .rmin = number("rmin"), .dmax = number("dmax")};
}

}  // namespace

BatchNormalization::BatchNormalization(const BatchNormalizationOptions& options) : Shared(options) {}

BatchNormalizationLayer::BatchNormalizationLayer(const BatchNormalizationOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}), options_(options) {
  check(options);
  set_supports_masking(true);
}

void BatchNormalizationLayer::build(const Shapes& inputs) {
  const std::vector<std::int64_t> axis = AxisArgument(options_.axis).resolved(inputs[0], describe());
  const Shape shape = sizes_along(inputs[0], axis, describe());
  if (options_.scale) {
    gamma_ = add_weight("gamma", shape,
                        {.initializer = options_.gamma_initializer,
                         .regularizer = options_.gamma_regularizer,
                         .constraint = options_.gamma_constraint});
  }
  if (options_.center) {
    beta_ = add_weight("beta", shape,
                       {.initializer = options_.beta_initializer,
                        .regularizer = options_.beta_regularizer,
                        .constraint = options_.beta_constraint});
  }
  moving_mean_ =
      add_weight("moving_mean", shape, {.initializer = options_.moving_mean_initializer, .trainable = false});
  moving_variance_ =
      add_weight("moving_variance", shape, {.initializer = options_.moving_variance_initializer, .trainable = false});
  if (options_.renorm) {
    // The deviations start where the variance does.
    const auto add_stddev = [&](const char* name) {
      const Variable stddev =
          add_weight(name, shape, {.initializer = options_.moving_variance_initializer, .trainable = false});
      stddev.assign(ops::sqrt(stddev.value()));
      return stddev;
    };
    moving_stddev_ = add_stddev("moving_stddev");
    renorm_mean_ =
        add_weight("renorm_mean", shape, {.initializer = options_.moving_mean_initializer, .trainable = false});
    renorm_stddev_ = add_stddev("renorm_stddev");
  }
  set_input_spec({{.ndim = inputs[0].rank(), .axes = {{options_.axis, shape[0]}}}});
}

Outputs BatchNormalizationLayer::call(const Inputs& inputs, const CallContext& context) {
  const Tensor mask = context.mask();
  if (mask.defined() && mask.rank() != inputs[0].rank() - 1) {
    throw ShapeError(describe() + ": expected a mask of one dimension less than the input; got mask " +
                         mask.shape().to_string() + " and input " + inputs[0].shape().to_string(),
                     name());
  }
  // Sums of squares overflow in 16 bits, and the moving statistics change by less than these can tell apart.
  const DType dtype = result_type({{inputs[0].dtype()}, {DType::kFloat32}});
  const Tensor x = ops::cast(inputs[0], dtype);
  const auto value = [&](const Variable& variable) {
    return variable.defined() ? ops::cast(variable.value(), dtype) : Tensor();
  };
  const Tensor gamma = value(gamma_);
  const Tensor beta = value(beta_);
  if (!context.training() || !trainable()) {
    return ops::cast(normalized(x, {value(moving_mean_), value(moving_variance_)}, gamma, beta), compute_dtype());
  }
  if (!mask.defined() && !options_.renorm && x.rank() > 1 && x.shape().checked_axis(options_.axis) == x.rank() - 1) {
    const auto or_else = [&](const Tensor& weight, double otherwise) {
      return weight.defined() ? weight : ops::full(moving_mean_.shape(), otherwise, dtype);
    };
    const ops::BatchNormResult result =
        ops::batch_norm_training(x, or_else(gamma, 1.0), or_else(beta, 0.0), options_.epsilon);
    assign_moving(moving_mean_, result.mean, options_.momentum);
    assign_moving(moving_variance_, result.variance, options_.momentum);
    return ops::cast(result.y, compute_dtype());
  }
  const Moments batch = moments(x, mask);
  if (options_.renorm) return ops::cast(renormalized(x, batch, gamma, beta), compute_dtype());
  assign_moving(moving_mean_, batch.mean, options_.momentum);
  assign_moving(moving_variance_, batch.variance, options_.momentum);
  return ops::cast(normalized(x, batch, gamma, beta), compute_dtype());
}

BatchNormalizationLayer::Moments BatchNormalizationLayer::moments(const Tensor& x, const Tensor& mask) const {
  const std::int64_t axis = x.shape().checked_axis(options_.axis);
  const Axes others = all_axes_but(x.rank(), axis);
  if (!mask.defined()) return {ops::mean(x, {.axis = others}), ops::var(x, {.axis = others})};
  const Tensor kept = ops::broadcast_like(ops::expand_dims(ops::cast(mask, DType::kBool), -1), x);
  const Tensor zero = ops::zeros({}, x.dtype());
  const Tensor count = ops::sum(ops::cast(kept, x.dtype()), {.axis = others}) + kMaskEpsilon;
  const Tensor mean = ops::sum(ops::where(kept, x, zero), {.axis = others}) / count;
  const Tensor distance = ops::where(kept, x - along(mean, x, axis), zero);
  return {mean, ops::sum(ops::square(distance), {.axis = others}) / count};
}

Tensor BatchNormalizationLayer::normalized(const Tensor& x, const Moments& moments, const Tensor& gamma,
                                           const Tensor& beta) const {
  const std::int64_t axis = x.shape().checked_axis(options_.axis);
  Tensor scale = ops::rsqrt(moments.variance + options_.epsilon);
  if (gamma.defined()) scale = scale * gamma;
  Tensor shift = -moments.mean * scale;
  if (beta.defined()) shift = beta + shift;
  return x * along(scale, x, axis) + along(shift, x, axis);
}

// Ioffe (2017), algorithm 1: the batch's statistics, corrected by r and d towards the moving ones; no gradient passes
// through the corrections.
Tensor BatchNormalizationLayer::renormalized(const Tensor& x, const Moments& batch, const Tensor& gamma,
                                             const Tensor& beta) {
  const Tensor stddev = ops::sqrt(batch.variance + options_.epsilon);
  const Tensor usual_stddev = ops::maximum(renorm_stddev_.value(), std::sqrt(options_.epsilon));
  Tensor r = stddev / usual_stddev;
  Tensor d = (batch.mean - renorm_mean_.value()) / usual_stddev;
  const RenormClipping clipping = options_.renorm_clipping.value_or(RenormClipping{});
  if (clipping.rmin) r = ops::maximum(r, *clipping.rmin);
  if (clipping.rmax) r = ops::minimum(r, *clipping.rmax);
  if (clipping.dmax) d = ops::clip(d, -*clipping.dmax, *clipping.dmax);
  r = ops::stop_gradient(r);
  d = ops::stop_gradient(d);
  assign_moving(renorm_mean_, batch.mean, options_.renorm_momentum);
  assign_moving(renorm_stddev_, stddev, options_.renorm_momentum);
  assign_moving(moving_mean_, batch.mean, options_.momentum);
  const Tensor moving_stddev = moving_stddev_.value() * options_.momentum + stddev * (1.0 - options_.momentum);
  moving_stddev_.assign(moving_stddev);
  // Rounding can bring it below zero.
  moving_variance_.assign(ops::maximum(ops::square(moving_stddev) - options_.epsilon, 0.0));
  const Tensor scale = gamma.defined() ? r * gamma : r;
  Tensor shift = gamma.defined() ? d * gamma : d;
  if (beta.defined()) shift = shift + beta;
  return normalized(x, batch, scale, shift);
}

Config BatchNormalizationLayer::config() const {
  Config config = Layer::config();
  config.set("axis", options_.axis);
  config.set("momentum", options_.momentum);
  config.set("epsilon", options_.epsilon);
  config.set("center", options_.center);
  config.set("scale", options_.scale);
  config.set("beta_initializer", options_.beta_initializer.serialized());
  config.set("gamma_initializer", options_.gamma_initializer.serialized());
  config.set("moving_mean_initializer", options_.moving_mean_initializer.serialized());
  config.set("moving_variance_initializer", options_.moving_variance_initializer.serialized());
  config.set("beta_regularizer", options_.beta_regularizer.serialized());
  config.set("gamma_regularizer", options_.gamma_regularizer.serialized());
  config.set("beta_constraint", options_.beta_constraint.serialized());
  config.set("gamma_constraint", options_.gamma_constraint.serialized());
  config.set("synchronized", options_.synchronized);
  config.set("renorm", options_.renorm);
  config.set("renorm_clipping", clipping_config(options_));
  config.set("renorm_momentum", options_.renorm_momentum);
  return config;
}

namespace {

const bool kRegistered = register_layer("BatchNormalization", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return BatchNormalization(
      {.axis = axis_from(config.get("axis")),
       .momentum = config.get_double("momentum", 0.99),
       .epsilon = config.get_double("epsilon", 1e-3),
       .center = config.get_bool("center", true),
       .scale = config.get_bool("scale", true),
       .beta_initializer = Initializer::from_config(config.get("beta_initializer")),
       .gamma_initializer = Initializer::from_config(config.get("gamma_initializer")),
       .moving_mean_initializer = Initializer::from_config(config.get("moving_mean_initializer")),
       .moving_variance_initializer = Initializer::from_config(config.get("moving_variance_initializer")),
       .beta_regularizer = Regularizer::from_config(config.get("beta_regularizer")),
       .gamma_regularizer = Regularizer::from_config(config.get("gamma_regularizer")),
       .beta_constraint = Constraint::from_config(config.get("beta_constraint")),
       .gamma_constraint = Constraint::from_config(config.get("gamma_constraint")),
       .renorm = config.get_bool("renorm", false),
       .renorm_clipping = clipping_from(config.get("renorm_clipping")),
       .renorm_momentum = config.get_double("renorm_momentum", 0.99),
       .synchronized = config.get_bool("synchronized", false),
       .name = settings.name,
       .trainable = settings.trainable,
       .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
