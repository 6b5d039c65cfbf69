#include "framework/backends/operands.h"
#include "framework/backends/reference/box.h"
#include "framework/function_kernel.h"

// y[i] = x[i - before] inside, the value outside

namespace cornu::reference {
namespace {

template <typename T> T converted(double value) {
  if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>) {
    return T(static_cast<float>(value));
  } else {
    return static_cast<T>(value);
  }
}

std::unique_ptr<Kernel> make_pad(const KernelRequest& request) {
  const Shape input = request.inputs[0].shape;
  const Shape output = request.outputs[0].shape;
  const auto before = request.attributes.integers("before");
  const double value = request.attributes.number("value");
  const auto strides = row_major_strides(input);
  return visit_dtype(request.inputs[0].dtype, [&](auto zero) {
    using T = decltype(zero);
    return make_kernel([=](const KernelArguments& arguments) {
      const T* x = input_of<T>(arguments, 0);
      T* y = output_of<T>(arguments, 0);
      for_each_index(output, [&](const std::vector<std::int64_t>& index) {
        bool inside = true;
        std::int64_t offset = 0;
        for (std::size_t i = 0; i < index.size(); ++i) {
          const std::int64_t position = index[i] - before[i];
          inside = inside && position >= 0 && position < input.dims()[i];
          offset += position * strides[i];
        }
        *y++ = inside ? x[offset] : converted<T>(value);
      });
    });
  });
}

const bool kRegistered = register_kernel("pad", Backend::kReference, make_pad);

}  // namespace
}  // namespace cornu::reference
