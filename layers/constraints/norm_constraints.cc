#include "layers/constraints/norm_constraints.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/reduce.h"

namespace cornu::constraints {
namespace {

constexpr double kEpsilon = 1e-7;

Tensor norms_of(const Tensor& x, const std::vector<std::int64_t>& axis) {
  return ops::sqrt(ops::sum(ops::square(x), {.axis = axis, .keepdims = true}));
}

// As Keras writes it: a number for one axis.
Config axis_config(const std::vector<std::int64_t>& axis) { return axis.size() == 1 ? Config(axis[0]) : Config(axis); }

std::vector<std::int64_t> axis_from(const Config& config) {
  if (config.is_null()) return {0};
  if (config.is_list()) return config.as_ints();
  return {config.as_int()};
}

class MaxNormBody final : public Constraint::Body {
 public:
  explicit MaxNormBody(const MaxNormOptions& options) : options_(options) {}
  std::string class_name() const override { return "MaxNorm"; }
  Config config() const override {
    return Config::dict({{"max_value", options_.max_value}, {"axis", axis_config(options_.axis)}});
  }
  Tensor call(const Tensor& x) const override {
    const Tensor norms = norms_of(x, options_.axis);
    return x * (ops::clip(norms, 0.0, options_.max_value) / (norms + kEpsilon));
  }

 private:
  MaxNormOptions options_;
};

class UnitNormBody final : public Constraint::Body {
 public:
  explicit UnitNormBody(const UnitNormOptions& options) : options_(options) {}
  std::string class_name() const override { return "UnitNorm"; }
  Config config() const override { return Config::dict({{"axis", axis_config(options_.axis)}}); }
  Tensor call(const Tensor& x) const override { return x / (norms_of(x, options_.axis) + kEpsilon); }

 private:
  UnitNormOptions options_;
};

class MinMaxNormBody final : public Constraint::Body {
 public:
  explicit MinMaxNormBody(const MinMaxNormOptions& options) : options_(options) {}
  std::string class_name() const override { return "MinMaxNorm"; }
  Config config() const override {
    return Config::dict({{"min_value", options_.min_value},
                         {"max_value", options_.max_value},
                         {"rate", options_.rate},
                         {"axis", axis_config(options_.axis)}});
  }
  Tensor call(const Tensor& x) const override {
    const Tensor norms = norms_of(x, options_.axis);
    const Tensor desired =
        ops::clip(norms, options_.min_value, options_.max_value) * options_.rate + norms * (1.0 - options_.rate);
    return x * (desired / (norms + kEpsilon));
  }

 private:
  MinMaxNormOptions options_;
};

}  // namespace

MaxNorm::MaxNorm(const MaxNormOptions& options) : Constraint(std::make_shared<MaxNormBody>(options)) {}
UnitNorm::UnitNorm(const UnitNormOptions& options) : Constraint(std::make_shared<UnitNormBody>(options)) {}
MinMaxNorm::MinMaxNorm(const MinMaxNormOptions& options) : Constraint(std::make_shared<MinMaxNormBody>(options)) {}

namespace {

const bool kMaxNorm = register_constraint("MaxNorm", [](const Config& config) -> Constraint {
  return MaxNorm({.max_value = config.get_double("max_value", 2.0), .axis = axis_from(config.get("axis"))});
});
const bool kUnitNorm = register_constraint(
    "UnitNorm", [](const Config& config) -> Constraint { return UnitNorm({.axis = axis_from(config.get("axis"))}); });
const bool kMinMaxNorm = register_constraint("MinMaxNorm", [](const Config& config) -> Constraint {
  return MinMaxNorm({.min_value = config.get_double("min_value", 0.0),
                     .max_value = config.get_double("max_value", 1.0),
                     .rate = config.get_double("rate", 1.0),
                     .axis = axis_from(config.get("axis"))});
});

}  // namespace

}  // namespace cornu::constraints
