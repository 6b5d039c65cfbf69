#include "framework/initializers/variance_scaling.h"

#include <algorithm>
#include <cmath>

#include "framework/error.h"
#include "framework/initializers/random_values.h"
#include "framework/initializers/seed.h"

namespace cornu::initializers {
namespace {

using OptionalAxes = std::optional<std::vector<std::int64_t>>;

// Standard deviation of a standard normal variable that is cut off at ±2.
constexpr double kTruncatedStddev = 0.87962566103423978;

Config axes_config(const OptionalAxes& axes) { return axes ? Config(*axes) : Config(); }

OptionalAxes axes_from(const Config& config) {
  if (config.is_null()) return {};
  return config.as_ints();
}

VarianceScalingOptions checked(VarianceScalingOptions options) {
  if (!(options.scale > 0.0)) {
    throw InvalidArgument("VarianceScaling: scale must be positive; got " + std::to_string(options.scale));
  }
  if (options.mode != "fan_in" && options.mode != "fan_out" && options.mode != "fan_avg") {
    throw InvalidArgument("VarianceScaling: mode must be \"fan_in\", \"fan_out\" or \"fan_avg\"; got \"" +
                          options.mode + "\"");
  }
  if (options.distribution == "normal") options.distribution = "truncated_normal";
  if (options.distribution != "uniform" && options.distribution != "truncated_normal" &&
      options.distribution != "untruncated_normal") {
    throw InvalidArgument(
        "VarianceScaling: distribution must be \"truncated_normal\", \"untruncated_normal\" or \"uniform\"; got \"" +
        options.distribution + "\"");
  }
  return options;
}

class VarianceScalingBody final : public Initializer::Body {
 public:
  VarianceScalingBody(std::string class_name, VarianceScalingOptions options)
      : class_name_(std::move(class_name)), options_(checked(std::move(options))) {}

  std::string class_name() const override { return class_name_; }

  Config config() const override {
    Config config = Config::dict({{"seed", seed_config(options_.seed)}});
    if (class_name_ == "VarianceScaling") {
      config.set("scale", options_.scale);
      config.set("mode", options_.mode);
      config.set("distribution", options_.distribution);
    }
    config.set("input_axes", axes_config(options_.input_axes));
    config.set("output_axes", axes_config(options_.output_axes));
    return config;
  }

  Tensor make(const Shape& shape, DType dtype, std::uint64_t drawn_seed) const override {
    const std::uint64_t seed = seed_or(options_.seed, drawn_seed);
    const Fans fans = fans_for(shape);
    double n = 0.5 * static_cast<double>(fans.in + fans.out);
    if (options_.mode == "fan_in") n = static_cast<double>(fans.in);
    if (options_.mode == "fan_out") n = static_cast<double>(fans.out);
    const double variance = options_.scale / std::max(1.0, n);
    if (options_.distribution == "uniform") {
      const double limit = std::sqrt(3.0 * variance);
      return uniform_values(shape, dtype, -limit, limit, seed);
    }
    if (options_.distribution == "untruncated_normal")
      return normal_values(shape, dtype, 0.0, std::sqrt(variance), seed);
    return truncated_normal_values(shape, dtype, 0.0, std::sqrt(variance) / kTruncatedStddev, seed);
  }

 private:
  Fans fans_for(const Shape& shape) const {
    if (!options_.input_axes || !options_.output_axes) return fans_of(shape);
    Fans fans;
    for (const std::int64_t axis : *options_.input_axes) fans.in *= shape[axis];
    for (const std::int64_t axis : *options_.output_axes) fans.out *= shape[axis];
    return fans;
  }

  std::string class_name_;
  VarianceScalingOptions options_;
};

Initializer preset(const char* class_name, double scale, const char* mode, const char* distribution,
                   const FanOptions& options) {
  return Initializer(
      std::make_shared<VarianceScalingBody>(class_name, VarianceScalingOptions{.scale = scale,
                                                                               .mode = mode,
                                                                               .distribution = distribution,
                                                                               .seed = options.seed,
                                                                               .input_axes = options.input_axes,
                                                                               .output_axes = options.output_axes}));
}

FanOptions fan_options_from(const Config& config) {
  return {.seed = seed_from(config.get("seed")),
          .input_axes = axes_from(config.get("input_axes")),
          .output_axes = axes_from(config.get("output_axes"))};
}

}  // namespace

Fans fans_of(const Shape& shape) {
  if (shape.rank() == 0) return {};
  if (shape.rank() == 1) return {shape[0], shape[0]};
  std::int64_t window = 1;
  for (const std::int64_t dim : shape.slice(0, -2)) window *= dim;
  return {shape[-2] * window, shape[-1] * window};
}

VarianceScaling::VarianceScaling(const VarianceScalingOptions& options)
    : Initializer(std::make_shared<VarianceScalingBody>("VarianceScaling", options)) {}
GlorotUniform::GlorotUniform(const FanOptions& options)
    : Initializer(preset("GlorotUniform", 1.0, "fan_avg", "uniform", options)) {}
GlorotNormal::GlorotNormal(const FanOptions& options)
    : Initializer(preset("GlorotNormal", 1.0, "fan_avg", "truncated_normal", options)) {}
LecunUniform::LecunUniform(const FanOptions& options)
    : Initializer(preset("LecunUniform", 1.0, "fan_in", "uniform", options)) {}
LecunNormal::LecunNormal(const FanOptions& options)
    : Initializer(preset("LecunNormal", 1.0, "fan_in", "truncated_normal", options)) {}
HeUniform::HeUniform(const FanOptions& options) : Initializer(preset("HeUniform", 2.0, "fan_in", "uniform", options)) {}
HeNormal::HeNormal(const FanOptions& options)
    : Initializer(preset("HeNormal", 2.0, "fan_in", "truncated_normal", options)) {}

namespace {

template <typename Class> Initializer make_preset(const Config& config) { return Class(fan_options_from(config)); }

const bool kVarianceScaling = register_initializer("VarianceScaling", [](const Config& config) -> Initializer {
  const FanOptions fans = fan_options_from(config);
  return VarianceScaling({.scale = config.get_double("scale", 1.0),
                          .mode = config.get_string("mode", "fan_in"),
                          .distribution = config.get_string("distribution", "truncated_normal"),
                          .seed = fans.seed,
                          .input_axes = fans.input_axes,
                          .output_axes = fans.output_axes});
});
const bool kGlorotUniform = register_initializer("GlorotUniform", make_preset<GlorotUniform>);
const bool kGlorotNormal = register_initializer("GlorotNormal", make_preset<GlorotNormal>);
const bool kLecunUniform = register_initializer("LecunUniform", make_preset<LecunUniform>);
const bool kLecunNormal = register_initializer("LecunNormal", make_preset<LecunNormal>);
const bool kHeUniform = register_initializer("HeUniform", make_preset<HeUniform>);
const bool kHeNormal = register_initializer("HeNormal", make_preset<HeNormal>);

}  // namespace

}  // namespace cornu::initializers
