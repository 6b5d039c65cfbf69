// Operations of functional graphs that multiply matrices and solve for them.

#include "framework/ops/arithmetic.h"
#include "framework/ops/einsum.h"
#include "framework/ops/exponential.h"
#include "framework/ops/linalg.h"
#include "framework/ops/matmul.h"
#include "framework/ops/move_axes.h"
#include "framework/ops/products.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "models/keras_operation_settings.h"

namespace cornu {
namespace {

Outputs einsum(const OperationArguments& a) {
  Tensors operands;
  for (std::size_t i = 0; a.value(i, ""); ++i) operands.push_back(a.tensor(i, ""));
  return ops::einsum(a.config().at("subscripts").as_string(), operands);
}

// "axes": a number, a pair of axes, or a pair of lists of axes.
Outputs tensordot(const OperationArguments& a) {
  const Tensor x = a.tensor(0, "x1");
  const Tensor y = a.tensor(1, "x2");
  const Config& axes = a.config().get("axes");
  if (axes.is_list()) {
    return ops::tensordot(x, y, integers_from(axes.as_list().at(0)), integers_from(axes.as_list().at(1)));
  }
  return ops::tensordot(x, y, axes.is_null() ? 2 : axes.as_int());
}

// Without "axis" that of the vectors in each operand and in the result.
Outputs cross(const OperationArguments& a) {
  const Config& config = a.config();
  if (!config.get("axis").is_null()) {
    return ops::cross(a.tensor(0, "x1"), a.tensor(1, "x2"), config.at("axis").as_int());
  }
  const Tensor x = ops::moveaxis(a.tensor(0, "x1"), config.get_int("axisa", -1), -1);
  const Tensor y = ops::moveaxis(a.tensor(1, "x2"), config.get_int("axisb", -1), -1);
  const Tensor product = ops::cross(x, y);
  const bool is_scalar = x.shape().back() == 2 && y.shape().back() == 2;
  return is_scalar ? product : ops::moveaxis(product, -1, config.get_int("axisc", -1));
}

Outputs norm(const OperationArguments& a) {
  const Config& ord = a.config().get("ord");
  const ReduceOptions options = reduce_options_from(a.config());
  const Tensor x = a.tensor(0, "x");
  if (ord.is_null()) return ops::norm(x, options);
  return ord.is_string() ? ops::norm(x, ord.as_string(), options) : ops::norm(x, ord.as_double(), options);
}

Outputs cholesky(const OperationArguments& a) {
  const Tensor lower = ops::cholesky(a.tensor(0, "x"));
  return a.config().get_bool("upper", false) ? ops::swapaxes(lower, -1, -2) : lower;
}

// Euclidean distances between the rows of two matrices.
Tensor cdist(const Tensor& x, const Tensor& y) {
  const Tensor differences = ops::expand_dims(x, -2) - ops::expand_dims(y, -3);
  return ops::norm(differences, {.axis = -1});
}

const bool kRegistered = [] {
  register_binary("Matmul", [](const Tensor& x, const Tensor& y) { return ops::matmul(x, y); });
  register_binary("Dot", ops::dot);
  register_binary("Inner", ops::inner);
  register_binary("Outer", ops::outer);
  register_binary("Vdot", ops::vdot);
  register_binary("Kron", ops::kron);
  register_binary("CDist", cdist, "x", "y");
  register_binary("Solve", ops::solve, "a", "b");
  register_unary("Det", ops::det);
  register_unary("Inv", ops::inv);
  // Of a positive definite matrix, as Keras computes it: by Cholesky's factors.
  register_unary("Logdet", [](const Tensor& x) { return ops::log(ops::det(x)); });
  register_keras_operation("Einsum", einsum);
  register_keras_operation("Tensordot", tensordot);
  register_keras_operation("Cross", cross);
  register_keras_operation("Norm", norm);
  register_keras_operation("Cholesky", cholesky);
  return register_keras_operation("SolveTriangular", [](const OperationArguments& a) {
    return ops::solve_triangular(a.tensor(0, "a"), a.tensor(1, "b"), a.config().get_bool("lower", false));
  });
}();

}  // namespace
}  // namespace cornu
