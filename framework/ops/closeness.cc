#include "framework/ops/closeness.h"

#include <cmath>

#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/reduce.h"
#include "framework/ops/where.h"

namespace cornu::ops {
namespace {

double greatest_finite(DType dtype) {
  switch (dtype) {
    case DType::kFloat64: return std::numeric_limits<double>::max();
    case DType::kFloat16: return 65504.0;
    case DType::kBFloat16: return std::ldexp(2.0 - std::ldexp(1.0, -7), 127);
    default: return static_cast<double>(std::numeric_limits<float>::max());
  }
}

// The number in that dtype, for C++ numbers go through float32.
Tensor number(double value, DType dtype) { return cast(Tensor::copy({value}, {}), dtype); }

}  // namespace

Tensor isclose(const Tensor& x, const Tensor& y, const ClosenessOptions& options) {
  DType dtype = result_type({{x.dtype(), x.is_weak()}, {y.dtype(), y.is_weak()}});
  if (!is_floating(dtype)) dtype = DType::kFloat32;
  const Tensor a = cast(x, dtype);
  const Tensor b = cast(y, dtype);
  const Tensor allowed = number(options.atol, dtype) + number(options.rtol, dtype) * absolute(b);
  // An infinity is close to itself alone, although its difference to anything is within rtol times itself.
  Tensor close = logical_or(equal(a, b), logical_and(isfinite(b), less_equal(absolute(a - b), allowed)));
  if (options.equal_nan) close = logical_or(close, logical_and(isnan(a), isnan(b)));
  return close;
}

Tensor allclose(const Tensor& x, const Tensor& y, const ClosenessOptions& options) {
  return all(isclose(x, y, options));
}

Tensor nan_to_num(const Tensor& x, const NanToNumOptions& options) {
  if (!is_floating(x.dtype())) return x.strong();
  const double greatest = greatest_finite(x.dtype());
  const auto finite = [&](double value) { return std::isinf(value) ? std::copysign(greatest, value) : value; };
  const Tensor infinite =
      where(greater(x, 0.0), number(finite(options.posinf), x.dtype()), number(finite(options.neginf), x.dtype()));
  return where(isnan(x), number(options.nan, x.dtype()), where(isinf(x), infinite, x));
}

}  // namespace cornu::ops
