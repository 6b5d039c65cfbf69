#include "framework/ops/matmul.h"

#include "framework/error.h"
#include "framework/graph/node.h"
#include "framework/operation.h"
#include "framework/ops/cast.h"
#include "framework/ops/elementwise.h"
#include "framework/ops/reshape.h"

namespace cornu::ops {
namespace {

TensorSpecs infer_matmul(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  const Shape& x = inputs[0].shape;
  const Shape& y = inputs[1].shape;
  const bool tx = attributes.flag("transpose_x");
  const bool ty = attributes.flag("transpose_y");
  const std::int64_t inner_x = x[tx ? -2 : -1];
  const std::int64_t inner_y = y[ty ? -1 : -2];
  if (inner_x != inner_y && inner_x != kUnknown && inner_y != kUnknown) {
    throw ShapeError("matmul: expected equal inner sizes; got " + std::to_string(inner_x) + " and " +
                         std::to_string(inner_y) + " in shapes " + x.to_string() + " and " + y.to_string() +
                         (tx || ty ? " (before transposition)" : ""),
                     {}, "matmul");
  }
  Shape shape = broadcast_shapes(x.slice(0, -2), y.slice(0, -2));
  shape.push_back(x[tx ? -1 : -2]);
  shape.push_back(y[ty ? -2 : -1]);
  return {{shape, inputs[0].dtype}};
}

Tensor product(const Tensor& x, const Tensor& y, bool transpose_x, bool transpose_y);

// C = op(A) op(B):  dA = dC op(B)^T or its transpose, dB = op(A)^T dC or its transpose.
Tensors matmul_gradient(const Node& node, const Tensors& g) {
  const Tensor& a = node.input(0);
  const Tensor& b = node.input(1);
  const bool ta = node.attributes().flag("transpose_x");
  const bool tb = node.attributes().flag("transpose_y");
  const Tensor da = ta ? product(b, g[0], tb, true) : product(g[0], b, false, !tb);
  const Tensor db = tb ? product(g[0], a, true, ta) : product(a, g[0], !ta, false);
  return {unbroadcast(da, a.shape()), unbroadcast(db, b.shape())};
}

const Operation& kMatmul = register_operation({.name = "matmul", .infer = infer_matmul, .gradient = matmul_gradient});

Tensor product(const Tensor& x, const Tensor& y, bool transpose_x, bool transpose_y) {
  return apply_single(kMatmul, {x, y}, {{"transpose_x", transpose_x}, {"transpose_y", transpose_y}});
}

}  // namespace

Tensor matmul(const Tensor& x, const Tensor& y, const MatmulOptions& options) {
  const DType dtype = result_type({{x.dtype(), x.is_weak()}, {y.dtype(), y.is_weak()}});
  Tensor a = cast(x, dtype);
  Tensor b = cast(y, dtype);
  if (a.rank() == 0 || b.rank() == 0) {
    throw ShapeError("matmul: expected operands with at least one axis; got shapes " + a.shape().to_string() + " and " +
                     b.shape().to_string());
  }
  const bool vector_a = a.rank() == 1;
  const bool vector_b = b.rank() == 1;
  if (vector_a) a = expand_dims(a, 0);
  if (vector_b) b = expand_dims(b, 1);
  const bool ta = options.transpose_x && !vector_a;
  const bool tb = options.transpose_y && !vector_b;
  Tensor c;
  if (b.rank() == 2 && a.rank() > 2 && !ta) {
    // Many rows times one matrix is one product, and its gradient for the matrix one more.
    const Shape rows = a.shape().slice(0, -1);
    c = product(reshape(a, {kUnknown, a.shape().back()}), b, false, tb);
    c = reshape(c, rows.concatenated({c.shape().back()}));
  } else {
    c = product(a, b, ta, tb);
  }
  if (vector_a) c = squeeze(c, -2);
  if (vector_b) c = squeeze(c, -1);
  return c;
}

}  // namespace cornu::ops
