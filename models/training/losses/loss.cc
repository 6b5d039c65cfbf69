#include "models/training/losses/loss.h"

#include <algorithm>
#include <array>
#include <map>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/shape_of.h"
#include "framework/snake_case.h"
#include "models/training/losses/function_loss.h"

namespace cornu {
namespace {

std::map<std::string, LossFactory>& factories() {
  static std::map<std::string, LossFactory> table;
  return table;
}

std::map<std::string, std::string>& aliases() {
  static std::map<std::string, std::string> table;
  return table;
}

Loss make(const std::string& name, const Config& config) {
  const auto alias = aliases().find(name);
  const auto factory = factories().find(alias == aliases().end() ? name : alias->second);
  if (factory != factories().end()) return factory->second(config);
  std::string known;
  for (const auto& [class_name, unused] : factories()) {
    known += (known.empty() ? "\"" : ", \"") + snake_case(class_name) + "\"";
  }
  throw InvalidArgument("loss: expected one of " + known + "; got \"" + name +
                        "\". A class of one's own is made known with register_loss");
}

constexpr std::array kReductions = {"sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none"};

void require_known_reduction(const std::string& reduction) {
  if (std::find(kReductions.begin(), kReductions.end(), reduction) != kReductions.end()) return;
  std::string known;
  for (const char* name : kReductions) known += (known.empty() ? "\"" : ", \"") + std::string(name) + "\"";
  throw InvalidArgument("loss: expected a reduction of " + known + "; got \"" + reduction + "\"");
}

bool has_last_axis_of_one(const Tensor& x) { return x.rank() > 0 && x.shape().back() == 1; }

// Weights with axes appended until they have as many as the values: `(batch,)` weighs each step of a sample alike.
Tensor with_trailing_axes(const Tensor& weight, const Shape& values) {
  if (weight.rank() == 0 || weight.rank() >= values.rank()) return weight;
  std::vector<std::int64_t> axes;
  for (std::int64_t axis = weight.rank(); axis < values.rank(); ++axis) axes.push_back(axis);
  return ops::expand_dims(weight, axes);
}

Tensor weighted(const Tensor& values, Tensor weight) {
  if (values.rank() == 0 || weight.rank() == 0) return values * weight;
  // A column of weights for a vector of values, as data frames give them.
  if (weight.rank() == values.rank() + 1 && has_last_axis_of_one(weight)) weight = ops::squeeze(weight, -1);
  if (weight.rank() <= values.rank()) weight = with_trailing_axes(weight, values.shape());
  bool fits = weight.rank() == values.rank();
  for (std::int64_t axis = 0; fits && axis < weight.rank(); ++axis) {
    const std::int64_t size = weight.shape()[axis];
    const std::int64_t wanted = values.shape()[axis];
    fits = size == 1 || size == wanted || size == kUnknown || wanted == kUnknown;
  }
  if (!fits) {
    throw ShapeError("loss: expected sample weights (or a mask) with the leading axes of the values, whose shape is " +
                     values.shape().to_string() + "; got shape " + weight.shape().to_string());
  }
  return values * weight;
}

// The mean without a division by nothing: an empty batch costs 0.
Tensor mean_of(const Tensor& values) {
  if (values.shape().is_known() && values.num_elements() > 0) return ops::mean(values);
  return ops::divide_no_nan(ops::sum(values), ops::cast(ops::count_along(values, {}), values.dtype()));
}

}  // namespace

Loss::Body::Body(std::string name, std::string reduction, std::optional<DType> dtype)
    : name_(std::move(name)), reduction_(std::move(reduction)), dtype_(dtype) {
  require_known_reduction(reduction_);
  if (dtype_ && !is_floating(*dtype_)) {
    throw DTypeError("loss \"" + name_ + "\": expected a floating dtype; got " + std::string(name_of(*dtype_)));
  }
}

Config Loss::Body::config() const { return Config::dict({{"name", name_}, {"reduction", reduction_}}); }

Loss::Loss(const std::string& name) : Loss(make(name, Config::dict())) { given_name_ = name; }

Loss::Loss(std::string name, std::function<Tensor(const Tensor& y_true, const Tensor& y_pred)> function)
    : Loss(
          losses::function_loss({.class_name = "LossFunctionWrapper", .name = name, .function = std::move(function)})) {
}

Loss Loss::from_config(const Config& config) {
  if (config.is_null()) return {};
  if (config.is_string()) return Loss(config.as_string());
  const std::string& class_name = config.at("class_name").as_string();
  const Config& inner = config.get("config");
  // Functions are serialized as their name.
  if (class_name == "function") {
    const Config& name = inner.is_string() ? inner : config.at("registered_name");
    return make(name.as_string(), Config::dict());
  }
  if (class_name == "LossFunctionWrapper" && inner.contains("fn")) return from_config(inner.at("fn"));
  const Config& registered = config.get("registered_name");
  return make(
      registered.is_string() && factories().contains(registered.as_string()) ? registered.as_string() : class_name,
      inner);
}

Tensor Loss::operator()(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) const {
  if (!body_) throw StateError("Loss: there is none to compute; make one such as Loss(\"mse\")");
  const DType dtype =
      body_->dtype() ? *body_->dtype() : (y_pred.dtype() == DType::kFloat64 ? DType::kFloat64 : DType::kFloat32);
  const Tensor values =
      body_->call(body_->takes_labels() ? y_true : ops::cast(y_true, dtype), ops::cast(y_pred, dtype));
  Tensor mask = y_pred.mask();
  // Values may come with a mask of their own: of the ones that count at all.
  const Tensor valid = values.mask();
  if (valid.defined()) mask = mask.defined() ? ops::logical_and(mask, valid) : valid;
  return reduce_weighted_values(values, sample_weight, mask, body_->reduction());
}

Config Loss::serialized() const {
  if (!body_) return {};
  if (!given_name_.empty()) return given_name_;
  return Config::dict({{"module", "keras.losses"},
                       {"class_name", body_->class_name()},
                       {"config", body_->config()},
                       {"registered_name", nullptr}});
}

bool register_loss(const std::string& class_name, LossFactory factory, std::vector<std::string> names) {
  factories()[class_name] = factory;
  names.push_back(snake_case(class_name));
  for (const std::string& name : names) aliases()[name] = class_name;
  return true;
}

Tensor merge_mask(const Tensor& sample_weight, const Tensor& mask, DType dtype, bool rescaled) {
  if (!mask.defined()) return sample_weight.defined() ? ops::cast(sample_weight, dtype) : Tensor();
  Tensor weight = ops::cast(mask, dtype);
  if (rescaled) {
    const Tensor total = ops::cast(ops::count_along(mask, {}), dtype);
    weight = weight * ops::divide_no_nan(total, ops::sum(weight));
  }
  return sample_weight.defined() ? weighted(weight, ops::cast(sample_weight, dtype)) : weight;
}

Tensor reduce_weighted_values(const Tensor& values, const Tensor& sample_weight, const Tensor& mask,
                              const std::string& reduction) {
  require_known_reduction(reduction);
  const bool averages = reduction == "sum_over_batch_size" || reduction == "mean";
  const Tensor weight = merge_mask(sample_weight, mask, values.dtype(), averages);
  const Tensor result = weight.defined() ? weighted(values, weight) : values;
  if (reduction == "none" || result.rank() == 0) return result;
  if (reduction == "sum") return ops::sum(result);
  if (reduction == "mean_with_sample_weight" && weight.defined()) {
    return ops::divide_no_nan(ops::sum(result), ops::sum(weight));
  }
  return mean_of(result);
}

void squeeze_or_expand_to_same_rank(Tensor& y_true, Tensor& y_pred, bool expand_vectors) {
  const auto align = [expand_vectors](Tensor& longer, Tensor& shorter) {
    if (longer.rank() != shorter.rank() + 1 || !has_last_axis_of_one(longer)) return;
    if (shorter.rank() == 1 && expand_vectors) {
      shorter = ops::expand_dims(shorter, -1);
    } else {
      longer = ops::squeeze(longer, -1);
    }
  };
  align(y_true, y_pred);
  align(y_pred, y_true);
}

}  // namespace cornu
