// y[i] = x[i - before] inside, the value outside

#include <cstring>
#include <type_traits>
#include <vector>

#include "framework/backends/cuda/strided_move.h"

namespace cornu::cuda {
namespace {

std::uint64_t bits_of(double value, DType dtype) {
  return visit_dtype(dtype, [&](auto zero) {
    using T = decltype(zero);
    T element{};
    if constexpr (std::is_arithmetic_v<T>) {
      element = static_cast<T>(value);
    } else {
      element = T(static_cast<float>(value));
    }
    std::uint64_t bits = 0;
    std::memcpy(&bits, &element, sizeof element);
    return bits;
  });
}

std::unique_ptr<Kernel> make_pad(const KernelRequest& request) {
  const TensorSpec& x = request.inputs[0];
  const std::vector<std::int64_t> strides = row_major_strides(x.shape);
  const std::vector<std::int64_t>& before = request.attributes.integers("before");
  std::vector<StridedMove::Axis> axes;
  for (std::size_t i = 0; i < strides.size(); ++i) {
    axes.push_back({request.outputs[0].shape.dims()[i], strides[i], before[i], 1, x.shape.dims()[i]});
  }
  return StridedMove(axes, 0).kernel(x, bits_of(request.attributes.number("value"), x.dtype));
}

[[maybe_unused]] const bool kRegistered = register_kernel("pad", Backend::kCuda, make_pad);

}  // namespace
}  // namespace cornu::cuda
