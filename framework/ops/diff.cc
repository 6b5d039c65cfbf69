#include "framework/ops/diff.h"

#include <string>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/comparison.h"
#include "framework/ops/slice.h"

namespace cornu::ops {

Tensor diff(const Tensor& x, std::int64_t n, std::int64_t axis) {
  if (n < 0) throw InvalidArgument("diff: expected n of at least 0; got " + std::to_string(n), {}, "diff");
  Tensor y = x.strong();
  for (std::int64_t i = 0; i < n; ++i) {
    const Tensor later = slice_axis(y, axis, 1, kOpen);
    const Tensor earlier = slice_axis(y, axis, kOpen, -1);
    y = x.dtype() == DType::kBool ? not_equal(later, earlier) : subtract(later, earlier);
  }
  return y;
}

}  // namespace cornu::ops
