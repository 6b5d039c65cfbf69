#include "framework/ops/diagonal.h"

#include <algorithm>

#include "framework/error.h"
#include "framework/ops/move_axes.h"
#include "framework/ops/pad.h"
#include "framework/ops/range.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/slice.h"
#include "framework/ops/where.h"

namespace cornu::ops {
namespace {

void check_matrices(const Tensor& x, const char* who) {
  if (x.rank() < 2 || x.shape()[-1] == kUnknown || x.shape()[-2] == kUnknown) {
    throw ShapeError(std::string(who) + ": expected at least two axes, the last two of known size; got shape " +
                         x.shape().to_string(),
                     {}, who);
  }
}

}  // namespace

Tensor tril(const Tensor& x, std::int64_t k) {
  check_matrices(x, "tril");
  return where(tri(x.shape()[-2], x.shape()[-1], k, DType::kBool), x, 0);
}

Tensor triu(const Tensor& x, std::int64_t k) {
  check_matrices(x, "triu");
  return where(tri(x.shape()[-2], x.shape()[-1], k - 1, DType::kBool), 0, x);
}

Tensor diagonal(const Tensor& x, std::int64_t offset, std::int64_t axis1, std::int64_t axis2) {
  const Tensor matrices = moveaxis(x, {axis1, axis2}, {-2, -1});
  check_matrices(matrices, "diagonal");
  const std::int64_t rows = matrices.shape()[-2];
  const std::int64_t columns = matrices.shape()[-1];
  const std::int64_t row = std::max<std::int64_t>(-offset, 0);
  const std::int64_t column = std::max<std::int64_t>(offset, 0);
  const std::int64_t count = std::max<std::int64_t>(std::min(rows - row, columns - column), 0);
  // Along the rows, one after the other, the diagonal is every (columns + 1)-th element.
  Shape flat = matrices.shape().slice(0, -2);
  flat.push_back(rows * columns);
  const std::int64_t first = row * columns + column;
  return slice_axis(reshape(matrices, flat), -1, count > 0 ? first : 0,
                    count > 0 ? first + (count - 1) * (columns + 1) + 1 : 0, columns + 1);
}

Tensor matrix_diag(const Tensor& x, std::int64_t k) {
  if (x.rank() < 1 || x.shape()[-1] == kUnknown) {
    throw ShapeError("matrix_diag: expected a last axis of known size; got shape " + x.shape().to_string(), {},
                     "matrix_diag");
  }
  const std::int64_t size = x.shape()[-1];
  const Tensor square = where(eye(size, size, 0, DType::kBool), expand_dims(x, -1), 0);
  std::vector<PadWidth> widths(static_cast<std::size_t>(square.rank()), PadWidth{0, 0});
  const std::int64_t width = k < 0 ? -k : k;
  widths[widths.size() - 2] = k < 0 ? PadWidth{width, 0} : PadWidth{0, width};
  widths[widths.size() - 1] = k < 0 ? PadWidth{0, width} : PadWidth{width, 0};
  return pad(square, widths);
}

Tensor diag(const Tensor& x, std::int64_t k) {
  if (x.rank() == 1) return matrix_diag(x, k);
  if (x.rank() != 2) {
    throw ShapeError("diag: expected a vector or a matrix; got shape " + x.shape().to_string(), {}, "diag");
  }
  return diagonal(x, k);
}

Tensor trace(const Tensor& x, std::int64_t offset, std::int64_t axis1, std::int64_t axis2) {
  return sum(diagonal(x, offset, axis1, axis2), {.axis = -1});
}

}  // namespace cornu::ops
