#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "framework/backends/operands.h"
#include "framework/function_kernel.h"

// All arithmetic in double. inv, det and solve by Gauss' elimination with the greatest pivot of each column.

namespace cornu::reference {
namespace {

template <typename F> std::unique_ptr<Kernel> visit_floating(DType dtype, F&& f) {
  if (dtype == DType::kFloat32) return f(float{});
  if (dtype == DType::kFloat64) return f(double{});
  return nullptr;
}

// Turns `a` (n, n) into the identity and `b` (n, k) into a^-1 b, row by row; returns the determinant of `a`.
double eliminate(double* a, double* b, std::int64_t n, std::int64_t k) {
  double determinant = 1.0;
  for (std::int64_t column = 0; column < n; ++column) {
    std::int64_t pivot = column;
    for (std::int64_t row = column + 1; row < n; ++row) {
      if (std::abs(a[row * n + column]) > std::abs(a[pivot * n + column])) pivot = row;
    }
    if (pivot != column) {
      std::swap_ranges(a + pivot * n, a + (pivot + 1) * n, a + column * n);
      std::swap_ranges(b + pivot * k, b + (pivot + 1) * k, b + column * k);
      determinant = -determinant;
    }
    const double diagonal = a[column * n + column];
    determinant *= diagonal;
    if (diagonal == 0.0 && k == 0) return 0.0;
    for (std::int64_t j = column; j < n; ++j) a[column * n + j] /= diagonal;
    for (std::int64_t j = 0; j < k; ++j) b[column * k + j] /= diagonal;
    for (std::int64_t row = 0; row < n; ++row) {
      const double factor = a[row * n + column];
      if (row == column || factor == 0.0) continue;
      for (std::int64_t j = column; j < n; ++j) a[row * n + j] -= factor * a[column * n + j];
      for (std::int64_t j = 0; j < k; ++j) b[row * k + j] -= factor * b[column * k + j];
    }
  }
  return determinant;
}

// Scratch: one matrix and its right sides.
std::unique_ptr<Kernel> make_elimination(const KernelRequest& request) {
  const Shape& shape = request.inputs[0].shape;
  const std::int64_t batch = shape.slice(0, -2).num_elements();
  const std::int64_t n = shape[-1];
  const bool is_det = request.operation == "det", is_inv = request.operation == "inv";
  const std::int64_t k = is_det ? 0 : request.outputs[0].shape[-1];
  const auto scratch_bytes = static_cast<std::size_t>(n * (n + k)) * sizeof(double);
  return visit_floating(request.inputs[0].dtype, [&](auto zero) {
    using T = decltype(zero);
    return make_kernel(
        [=](const KernelArguments& arguments) {
          auto* a = static_cast<double*>(arguments.scratch);
          double* b = a + n * n;
          T* y = output_of<T>(arguments, 0);
          for (std::int64_t i = 0; i < batch; ++i) {
            std::copy_n(input_of<T>(arguments, 0) + i * n * n, n * n, a);
            if (is_inv) {
              for (std::int64_t j = 0; j < n * n; ++j) b[j] = j / n == j % n ? 1.0 : 0.0;
            } else if (!is_det) {
              std::copy_n(input_of<T>(arguments, 1) + i * n * k, n * k, b);
            }
            const double determinant = eliminate(a, b, n, k);
            if (is_det) y[i] = static_cast<T>(determinant);
            for (std::int64_t j = 0; j < n * k; ++j) y[i * n * k + j] = static_cast<T>(b[j]);
          }
        },
        scratch_bytes);
  });
}

// L_ij = (A_ij - sum_k<j L_ik L_jk) / L_jj,  L_jj = sqrt(A_jj - sum_k<j L_jk^2)
std::unique_ptr<Kernel> make_cholesky(const KernelRequest& request) {
  const Shape& shape = request.inputs[0].shape;
  const std::int64_t batch = shape.slice(0, -2).num_elements();
  const std::int64_t n = shape[-1];
  const auto scratch_bytes = static_cast<std::size_t>(n * n) * sizeof(double);
  return visit_floating(request.inputs[0].dtype, [&](auto zero) {
    using T = decltype(zero);
    return make_kernel(
        [=](const KernelArguments& arguments) {
          auto* l = static_cast<double*>(arguments.scratch);
          for (std::int64_t m = 0; m < batch; ++m) {
            const T* a = input_of<T>(arguments, 0) + m * n * n;
            std::fill_n(l, n * n, 0.0);
            for (std::int64_t i = 0; i < n; ++i) {
              for (std::int64_t j = 0; j <= i; ++j) {
                const double rest =
                    static_cast<double>(a[i * n + j]) - std::inner_product(l + i * n, l + i * n + j, l + j * n, 0.0);
                if (i != j) {
                  l[i * n + j] = rest / l[j * n + j];
                } else {
                  l[i * n + i] = rest > 0.0 ? std::sqrt(rest) : std::numeric_limits<double>::quiet_NaN();
                }
              }
            }
            T* y = output_of<T>(arguments, 0) + m * n * n;
            for (std::int64_t j = 0; j < n * n; ++j) y[j] = static_cast<T>(l[j]);
          }
        },
        scratch_bytes);
  });
}

const bool kRegistered = register_kernel("det", Backend::kReference, make_elimination) &&
                         register_kernel("inv", Backend::kReference, make_elimination) &&
                         register_kernel("solve", Backend::kReference, make_elimination) &&
                         register_kernel("cholesky", Backend::kReference, make_cholesky);

}  // namespace
}  // namespace cornu::reference
