#include "models/v1/initializer.h"

#include <cmath>

#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/reshape.h"
#include "models/v1/array_ops.h"
#include "models/v1/errors.h"
#include "models/v1/random_ops.h"

namespace cornu::v1 {
namespace {

struct Fans {
  double in;
  double out;
};

// A kernel `(window..., in, out)`; a vector counts as both, a scalar as 1 and 1.
Fans fans_of(const Shape& shape) {
  if (shape.rank() == 0) return {1.0, 1.0};
  if (shape.rank() == 1) return {static_cast<double>(shape[0]), static_cast<double>(shape[0])};
  double window = 1.0;
  for (std::int64_t i = 0; i < shape.rank() - 2; ++i) window *= static_cast<double>(shape[i]);
  return {window * static_cast<double>(shape[-2]), window * static_cast<double>(shape[-1])};
}

}  // namespace

Initializer zeros_initializer() {
  return {[](const Shape& shape, DType dtype) { return zeros(shape, dtype); }, false};
}

Initializer ones_initializer() {
  return {[](const Shape& shape, DType dtype) { return ones(shape, dtype); }, false};
}

Initializer constant_initializer(const cornu::Tensor& value) {
  return {[value](const Shape& shape, DType dtype) { return constant(value, {.dtype = dtype, .shape = shape}); },
          false};
}

Initializer random_normal_initializer(double mean, double stddev, std::optional<std::int64_t> seed) {
  return {[=](const Shape& shape, DType dtype) { return random_normal(shape, mean, stddev, dtype, seed); }, true};
}

Initializer truncated_normal_initializer(double mean, double stddev, std::optional<std::int64_t> seed) {
  return {[=](const Shape& shape, DType dtype) { return truncated_normal(shape, mean, stddev, dtype, seed); }, true};
}

Initializer random_uniform_initializer(double minval, double maxval, std::optional<std::int64_t> seed) {
  return {[=](const Shape& shape, DType dtype) { return random_uniform(shape, minval, maxval, dtype, seed); }, true};
}

Initializer glorot_uniform_initializer(std::optional<std::int64_t> seed) {
  return {[=](const Shape& shape, DType dtype) {
            const Fans fans = fans_of(shape);
            const double limit = std::sqrt(6.0 / (fans.in + fans.out));
            return random_uniform(shape, -limit, limit, dtype, seed);
          },
          true};
}

Initializer glorot_normal_initializer(std::optional<std::int64_t> seed) {
  return {[=](const Shape& shape, DType dtype) {
            const Fans fans = fans_of(shape);
            // 0.8796 is the standard deviation of a standard normal distribution cut at two of its own.
            const double stddev = std::sqrt(2.0 / (fans.in + fans.out)) / 0.87962566103423978;
            return truncated_normal(shape, 0.0, stddev, dtype, seed);
          },
          true};
}

Initializer Initializer::from_keras(const cornu::Initializer& initializer) {
  const std::string kind = initializer.body().class_name();
  const Config config = initializer.body().config();
  const auto number = [&](const char* key) { return config.get(key).as_double(); };
  const auto seed = [&]() -> std::optional<std::int64_t> {
    const Config& value = config.get("seed");
    if (!value.is_integer()) return {};
    return value.as_int();
  };
  if (kind == "Zeros") return zeros_initializer();
  if (kind == "Ones") return ones_initializer();
  if (kind == "RandomNormal") return random_normal_initializer(number("mean"), number("stddev"), seed());
  if (kind == "TruncatedNormal") return truncated_normal_initializer(number("mean"), number("stddev"), seed());
  if (kind == "RandomUniform") return random_uniform_initializer(number("minval"), number("maxval"), seed());
  if (kind == "GlorotUniform") return glorot_uniform_initializer(seed());
  if (kind == "GlorotNormal") return glorot_normal_initializer(seed());
  return {[initializer](const Shape& shape, DType dtype) {
            return constant(initializer(shape, dtype, next_random_seed()));
          },
          false};
}

}  // namespace cornu::v1
