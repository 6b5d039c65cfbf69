#include "framework/ops/linalg.h"

#include <cmath>

#include "framework/error.h"
#include "framework/graph/node.h"
#include "framework/operation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/diagonal.h"
#include "framework/ops/matmul.h"
#include "framework/ops/move_axes.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"

namespace cornu::ops {
namespace {

Tensor transposed(const Tensor& x) { return swapaxes(x, -1, -2); }

void check_square(const Shape& shape, const char* who) {
  if (shape.rank() < 2 || shape[-1] != shape[-2] || shape[-1] == kUnknown) {
    throw ShapeError(std::string(who) + ": expected square matrices of known size; got shape " + shape.to_string(), {},
                     who);
  }
}

TensorSpecs infer_det(std::span<const TensorSpec> inputs, const Attributes&) {
  return {{inputs[0].shape.slice(0, -2), inputs[0].dtype}};
}

TensorSpecs infer_same(std::span<const TensorSpec> inputs, const Attributes&) { return {inputs[0]}; }

TensorSpecs infer_solve(std::span<const TensorSpec> inputs, const Attributes&) {
  const Shape& a = inputs[0].shape;
  const Shape& b = inputs[1].shape;
  if (b.rank() != a.rank() || !a.slice(0, -1).is_compatible_with(b.slice(0, -1))) {
    throw ShapeError(
        "solve: expected right sides for matrices of shape " + a.to_string() + "; got shape " + b.to_string(), {},
        "solve");
  }
  return {inputs[1]};
}

// S = L^-T P(L^T dL) L^-1, where P takes the lower triangle and halves the diagonal; the gradient is (S + S^T) / 2
// (Murray 2016, "Differentiation of the Cholesky decomposition").
Tensors cholesky_gradient(const Node& node, const Tensors& g) {
  const Tensor l = node.output(0);
  const Tensor product = matmul(l, tril(g[0]), {.transpose_x = true});
  const Tensor halved = 0.5 * (tril(product) + tril(product, -1));
  const Tensor left = solve(transposed(l), halved);
  const Tensor s = transposed(solve(transposed(l), transposed(left)));
  return {tril(0.5 * (s + transposed(s))) + tril(0.5 * (s + transposed(s)), -1)};
}

// d det(A) = det(A) tr(A^-1 dA)
Tensors det_gradient(const Node& node, const Tensors& g) {
  return {expand_dims(g[0] * node.output(0), {-2, -1}) * transposed(inv(node.input(0)))};
}

// d A^-1 = -A^-1 dA A^-1
Tensors inv_gradient(const Node& node, const Tensors& g) {
  const Tensor y = transposed(node.output(0));
  return {-matmul(matmul(y, g[0]), y)};
}

// A x = b:  db = A^-T dx, dA = -db x^T
Tensors solve_gradient(const Node& node, const Tensors& g) {
  const Tensor db = solve(transposed(node.input(0)), g[0]);
  return {-matmul(db, node.output(0), {.transpose_y = true}), db};
}

const Operation& kCholesky =
    register_operation({.name = "cholesky", .infer = infer_same, .gradient = cholesky_gradient});
const Operation& kDet = register_operation({.name = "det", .infer = infer_det, .gradient = det_gradient});
const Operation& kInv = register_operation({.name = "inv", .infer = infer_same, .gradient = inv_gradient});
const Operation& kSolve = register_operation({.name = "solve", .infer = infer_solve, .gradient = solve_gradient});

Tensor floating(const Tensor& x) { return is_floating(x.dtype()) ? x.strong() : cast(x, DType::kFloat32); }

Tensor apply_square(const Operation& operation, const Tensor& x) {
  check_square(x.shape(), operation.name.c_str());
  return apply_single(operation, {floating(x)});
}

Tensor matrix_norm(const Tensor& x, double ord, std::int64_t rows, std::int64_t columns) {
  const bool by_column = std::abs(ord) == 1.0;
  if (!by_column && !std::isinf(ord)) {
    throw InvalidArgument("norm: ord of matrices must be \"fro\", 1, -1 or an infinity; got " + std::to_string(ord), {},
                          "norm");
  }
  const Tensor sums = sum(absolute(x), {.axis = by_column ? rows : columns, .keepdims = true});
  const ReduceOptions rest{.axis = by_column ? columns : rows, .keepdims = true};
  return ord > 0 ? max(sums, rest) : min(sums, rest);
}

Tensor vector_norm(const Tensor& x, double ord, const ReduceOptions& along) {
  if (std::isinf(ord)) return ord > 0 ? max(absolute(x), along) : min(absolute(x), along);
  if (ord == 0.0) return sum(cast(not_equal(x, 0), x.dtype()), along);
  if (ord == 1.0) return sum(absolute(x), along);
  if (ord == 2.0) return norm(x, along);
  return power(sum(power(absolute(x), ord), along), 1.0 / ord);
}

}  // namespace

Tensor cholesky(const Tensor& x) { return apply_square(kCholesky, x); }
Tensor det(const Tensor& x) { return apply_square(kDet, x); }
Tensor inv(const Tensor& x) { return apply_square(kInv, x); }

Tensor solve(const Tensor& a, const Tensor& b) {
  check_square(a.shape(), "solve");
  DType dtype = result_type({{a.dtype(), a.is_weak()}, {b.dtype(), b.is_weak()}});
  if (!is_floating(dtype)) dtype = DType::kFloat32;
  const bool is_vector = b.rank() == a.rank() - 1;
  const Tensor x = apply_single(kSolve, {cast(a, dtype), is_vector ? expand_dims(cast(b, dtype), -1) : cast(b, dtype)});
  return is_vector ? squeeze(x, -1) : x;
}

Tensor solve_triangular(const Tensor& a, const Tensor& b, bool lower) { return solve(lower ? tril(a) : triu(a), b); }

Tensor norm(const Tensor& x, double ord, const ReduceOptions& options) {
  const std::vector<std::int64_t> axes = options.axis.resolved(x.shape());
  if (axes.size() > 2) {
    throw InvalidArgument("norm: expected one axis, or two of matrices; got " + std::to_string(axes.size()), {},
                          "norm");
  }
  if (axes.size() != 2) return vector_norm(floating(x), ord, {.axis = axes, .keepdims = options.keepdims});
  const Tensor result = matrix_norm(floating(x), ord, axes[0], axes[1]);
  return options.keepdims ? result : squeeze(result, axes);
}

Tensor norm(const Tensor& x, const std::string& ord, const ReduceOptions& options) {
  const std::size_t num_axes = options.axis.resolved(x.shape()).size();
  if (!(ord == "fro" && num_axes == 2) && ord != "euclidean") {
    throw InvalidArgument("norm: ord must be \"euclidean\", or \"fro\" along two axes; got \"" + ord + "\"", {},
                          "norm");
  }
  return norm(x, options);
}

}  // namespace cornu::ops
