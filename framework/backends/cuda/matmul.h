#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "framework/kernel.h"

namespace cornu::cuda {

class Card;

/// A product of matrices as cuBLASLt is asked for it, plain data: `out = activation(op(x) op(y) + bias + addend)` for
/// each matrix of a batch, row-major.
struct MatmulProblem {
  std::int64_t m = 0;  ///< rows of out
  std::int64_t n = 0;  ///< columns of out, elements of the bias
  std::int64_t k = 0;
  std::int64_t batch = 1;
  bool x_is_shared = false;  ///< one x for the whole batch
  bool y_is_shared = false;
  bool transpose_x = false;
  bool transpose_y = false;
  DType dtype = DType::kFloat32;
  bool has_bias = false;
  bool has_addend = false;
  bool relu = false;
  /// Gives the sum of y over its rows as well, the gradient of a bias where y is that of a layer's output.
  bool sums_y = false;
  bool tf32 = false;
  bool operator==(const MatmulProblem&) const = default;

  /// For profiles and messages: `64x128x3136 float32 bias relu`.
  std::string to_string() const;
};

/// The problem of "matmul", "fused_matmul" or "matmul_and_sum"; nothing where cuBLASLt has no such product.
std::optional<MatmulProblem> matmul_problem(const KernelRequest& request);

}  // namespace cornu::cuda
