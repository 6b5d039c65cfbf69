#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "framework/backends/reference/epilogue.h"
#include "framework/kernel.h"

namespace cornu::reference {
namespace {

// Step, in matrices, from one index of each batch axis of the output to the next: 0 where the operand broadcasts.
std::vector<std::int64_t> batch_steps(const Shape& operand, const Shape& output) {
  std::vector<std::int64_t> steps(static_cast<std::size_t>(output.rank() - 2), 0);
  std::int64_t step = 1;
  for (std::int64_t i = 3; i <= operand.rank(); ++i) {
    if (operand[-i] != 1) steps[static_cast<std::size_t>(output.rank() - i)] = step;
    step *= operand[-i];
  }
  return steps;
}

// a b + c; integers wrap around, as in NumPy.
template <typename T> T multiply_add(T a, T b, T c) {
  if constexpr (std::is_floating_point_v<T>) return a * b + c;
  return static_cast<T>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b) + static_cast<std::uint64_t>(c));
}

// out[b, i, j] = sum over p of x[b, i, p] y[b, p, j]
template <typename T> class Matmul final : public Kernel {
 public:
  explicit Matmul(const KernelRequest& request)
      : output_(request.outputs[0].shape),
        x_steps_(batch_steps(request.inputs[0].shape, output_)),
        y_steps_(batch_steps(request.inputs[1].shape, output_)),
        m_(output_[-2]),
        n_(output_[-1]) {
    const bool tx = request.attributes.flag("transpose_x");
    const bool ty = request.attributes.flag("transpose_y");
    k_ = request.inputs[0].shape[tx ? -2 : -1];
    x_row_ = tx ? 1 : k_;
    x_column_ = tx ? m_ : 1;
    y_row_ = ty ? 1 : n_;
    y_column_ = ty ? k_ : 1;
    if constexpr (std::is_floating_point_v<T>) epilogue_ = std::make_unique<Epilogue<T>>(request);
  }

  void run(const KernelArguments& arguments) const override {
    const auto* x = static_cast<const T*>(arguments.inputs[0]);
    const auto* y = static_cast<const T*>(arguments.inputs[1]);
    auto* out = static_cast<T*>(arguments.outputs[0]);
    const std::int64_t count = output_.slice(0, -2).num_elements();
    for (std::int64_t b = 0; b < count; ++b) {
      std::int64_t x_matrix = 0;
      std::int64_t y_matrix = 0;
      std::int64_t rest = b;
      for (std::int64_t axis = output_.rank() - 3; axis >= 0; --axis) {
        const std::int64_t index = rest % output_[axis];
        rest /= output_[axis];
        x_matrix += index * x_steps_[static_cast<std::size_t>(axis)];
        y_matrix += index * y_steps_[static_cast<std::size_t>(axis)];
      }
      multiply(x + x_matrix * m_ * k_, y + y_matrix * k_ * n_, out + b * m_ * n_);
    }
    if (epilogue_) epilogue_->apply(arguments);
  }

 private:
  void multiply(const T* x, const T* y, T* out) const {
    std::fill_n(out, m_ * n_, T{0});
    for (std::int64_t i = 0; i < m_; ++i) {
      for (std::int64_t p = 0; p < k_; ++p) {
        const T factor = x[i * x_row_ + p * x_column_];
        for (std::int64_t j = 0; j < n_; ++j) {
          out[i * n_ + j] = multiply_add(factor, y[p * y_row_ + j * y_column_], out[i * n_ + j]);
        }
      }
    }
  }

  Shape output_;
  std::vector<std::int64_t> x_steps_;
  std::vector<std::int64_t> y_steps_;
  std::int64_t m_;
  std::int64_t n_;
  std::int64_t k_ = 0;
  std::int64_t x_row_ = 0;
  std::int64_t x_column_ = 0;
  std::int64_t y_row_ = 0;
  std::int64_t y_column_ = 0;
  std::unique_ptr<Epilogue<std::conditional_t<std::is_floating_point_v<T>, T, float>>> epilogue_;
};

std::unique_ptr<Kernel> make_matmul(const KernelRequest& request) {
  return visit_dtype(request.inputs[0].dtype, [&](auto zero) -> std::unique_ptr<Kernel> {
    using T = decltype(zero);
    if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) return std::make_unique<Matmul<T>>(request);
    return nullptr;
  });
}

[[maybe_unused]] const bool kMatmul = register_kernel("matmul", Backend::kReference, make_matmul);
[[maybe_unused]] const bool kFusedMatmul = register_kernel("fused_matmul", Backend::kReference, make_matmul);

}  // namespace
}  // namespace cornu::reference
