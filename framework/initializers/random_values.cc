#include "framework/initializers/random_values.h"

#include "framework/ops/cast.h"
#include "framework/ops/random.h"

namespace cornu::initializers {
namespace {

// The random state of a seed's first and only draw.
Tensor state_of(std::uint64_t seed) { return Tensor::copy({static_cast<std::int64_t>(seed), std::int64_t{0}}, {2}); }

// Numbers are drawn in one of two dtypes and rounded to others.
DType drawn_as(DType dtype) { return dtype == float64 ? float64 : float32; }

}  // namespace

Tensor uniform_values(const Shape& shape, DType dtype, double minval, double maxval, std::uint64_t seed) {
  return ops::cast(ops::random_uniform(shape, state_of(seed), minval, maxval, drawn_as(dtype)), dtype);
}

Tensor normal_values(const Shape& shape, DType dtype, double mean, double stddev, std::uint64_t seed) {
  return ops::cast(ops::random_normal(shape, state_of(seed), mean, stddev, drawn_as(dtype)), dtype);
}

Tensor truncated_normal_values(const Shape& shape, DType dtype, double mean, double stddev, std::uint64_t seed) {
  return ops::cast(ops::truncated_normal(shape, state_of(seed), mean, stddev, drawn_as(dtype)), dtype);
}

}  // namespace cornu::initializers
