#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/v1/tensor.h"

namespace cornu::v1 {

/// Arithmetic under TensorFlow's names. Operands must have one dtype; a number takes that of the other operand. Each
/// makes an operation called by `name`, or by its own default name.
/// **Throws** ValueError for shapes and TypeError for dtypes that do not fit. **See**: functions of the same names in
/// `tf.compat.v1` (and `tf.math`).
Tensor add(const Tensor& x, const Tensor& y, const std::string& name = {});
Tensor subtract(const Tensor& x, const Tensor& y, const std::string& name = {});
Tensor multiply(const Tensor& x, const Tensor& y, const std::string& name = {});
/// Quotient; integers give float64.
Tensor divide(const Tensor& x, const Tensor& y, const std::string& name = {});
Tensor maximum(const Tensor& x, const Tensor& y, const std::string& name = {});
Tensor minimum(const Tensor& x, const Tensor& y, const std::string& name = {});
Tensor pow(const Tensor& x, const Tensor& y, const std::string& name = {});
Tensor squared_difference(const Tensor& x, const Tensor& y, const std::string& name = {});
/// The sum of several tensors of one shape.
Tensor add_n(const Tensors& inputs, const std::string& name = {});

struct MatmulOptions {
  bool transpose_a = false;
  bool transpose_b = false;
  std::string name = {};
};
/// The product of matrices, or of stacks of matrices.
Tensor matmul(const Tensor& a, const Tensor& b, const MatmulOptions& options = {});

Tensor negative(const Tensor& x, const std::string& name = {});
Tensor abs(const Tensor& x, const std::string& name = {});
Tensor sign(const Tensor& x, const std::string& name = {});
Tensor square(const Tensor& x, const std::string& name = {});
Tensor sqrt(const Tensor& x, const std::string& name = {});
Tensor rsqrt(const Tensor& x, const std::string& name = {});
Tensor exp(const Tensor& x, const std::string& name = {});
Tensor log(const Tensor& x, const std::string& name = {});
Tensor sin(const Tensor& x, const std::string& name = {});
Tensor cos(const Tensor& x, const std::string& name = {});
Tensor floor(const Tensor& x, const std::string& name = {});
Tensor sigmoid(const Tensor& x, const std::string& name = {});
Tensor tanh(const Tensor& x, const std::string& name = {});

/// Axes to reduce, all by default; and whether they stay, with size 1.
struct ReduceOptions {
  std::optional<std::vector<std::int64_t>> axis = {};
  bool keepdims = false;
  std::string name = {};
};
Tensor reduce_mean(const Tensor& x, const ReduceOptions& options = {});
Tensor reduce_sum(const Tensor& x, const ReduceOptions& options = {});
Tensor reduce_max(const Tensor& x, const ReduceOptions& options = {});
Tensor reduce_min(const Tensor& x, const ReduceOptions& options = {});
Tensor reduce_prod(const Tensor& x, const ReduceOptions& options = {});

/// Index of the greatest element along an axis, int64.
Tensor argmax(const Tensor& x, std::int64_t axis = 0, const std::string& name = {});

Tensor less(const Tensor& x, const Tensor& y, const std::string& name = {});
Tensor less_equal(const Tensor& x, const Tensor& y, const std::string& name = {});
Tensor greater(const Tensor& x, const Tensor& y, const std::string& name = {});
Tensor greater_equal(const Tensor& x, const Tensor& y, const std::string& name = {});
Tensor equal(const Tensor& x, const Tensor& y, const std::string& name = {});
Tensor not_equal(const Tensor& x, const Tensor& y, const std::string& name = {});
Tensor logical_and(const Tensor& x, const Tensor& y, const std::string& name = {});
Tensor logical_or(const Tensor& x, const Tensor& y, const std::string& name = {});
Tensor logical_not(const Tensor& x, const std::string& name = {});
/// x where the condition holds, else y.
Tensor where(const Tensor& condition, const Tensor& x, const Tensor& y, const std::string& name = {});
Tensor cast(const Tensor& x, DType dtype, const std::string& name = {});

Tensor operator+(const Tensor& x, const Tensor& y);
Tensor operator-(const Tensor& x, const Tensor& y);
Tensor operator*(const Tensor& x, const Tensor& y);
Tensor operator/(const Tensor& x, const Tensor& y);
Tensor operator-(const Tensor& x);
Tensor operator<(const Tensor& x, const Tensor& y);
Tensor operator>(const Tensor& x, const Tensor& y);

}  // namespace cornu::v1
