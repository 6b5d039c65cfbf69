// cumsum and cumprod, line by line along the axis; floating numbers are accumulated in double.

#include <cstdint>
#include <type_traits>

#include "framework/function_kernel.h"
#include "framework/kernel.h"

namespace cornu::reference {
namespace {

// Unsigned arithmetic wraps around where signed arithmetic would be undefined.
template <typename T> using Accumulator = std::conditional_t<std::is_floating_point_v<T>, double, std::uint64_t>;

template <bool kSums, typename T> std::unique_ptr<Kernel> cumulative_kernel(const KernelRequest& request) {
  const Shape& shape = request.inputs[0].shape;
  const std::int64_t axis = request.attributes.integer("axis");
  const bool reverse = request.attributes.flag("reverse");
  const std::int64_t outer = shape.slice(0, axis).num_elements();
  const std::int64_t count = shape[axis];
  const std::int64_t inner = shape.slice(axis + 1).num_elements();
  return make_kernel([=](const KernelArguments& arguments) {
    const auto* x = static_cast<const T*>(arguments.inputs[0]);
    auto* y = static_cast<T*>(arguments.outputs[0]);
    for (std::int64_t o = 0; o < outer; ++o) {
      for (std::int64_t k = 0; k < inner; ++k) {
        Accumulator<T> total = kSums ? 0 : 1;
        for (std::int64_t step = 0; step < count; ++step) {
          const std::int64_t i = reverse ? count - 1 - step : step;
          const std::int64_t at = (o * count + i) * inner + k;
          const auto element = static_cast<Accumulator<T>>(x[at]);
          total = kSums ? total + element : total * element;
          y[at] = static_cast<T>(total);
        }
      }
    }
  });
}

template <bool kSums> std::unique_ptr<Kernel> make_cumulative(const KernelRequest& request) {
  return visit_dtype(request.inputs[0].dtype, [&](auto zero) -> std::unique_ptr<Kernel> {
    using T = decltype(zero);
    if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) {
      return cumulative_kernel<kSums, T>(request);
    } else {
      return nullptr;
    }
  });
}

const bool kRegistered[] = {
    register_kernel("cumsum", Backend::kReference, make_cumulative<true>),
    register_kernel("cumprod", Backend::kReference, make_cumulative<false>),
};

}  // namespace
}  // namespace cornu::reference
