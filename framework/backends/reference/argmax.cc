// argmax and argmin, line by line along the axis.

#include <cmath>
#include <cstdint>
#include <type_traits>

#include "framework/function_kernel.h"
#include "framework/kernel.h"

namespace cornu::reference {
namespace {

template <typename T> bool is_nan(T value) {
  if constexpr (std::is_floating_point_v<T>) return std::isnan(value);
  return false;
}

// As NumPy: the first NaN, else the first of the greatest.
template <bool kGreatest, typename T> bool beats(T x, T best) {
  return !is_nan(best) && (is_nan(x) || (kGreatest ? x > best : x < best));
}

template <bool kGreatest, typename T> std::unique_ptr<Kernel> search_kernel(const KernelRequest& request) {
  const Shape& shape = request.inputs[0].shape;
  const std::int64_t axis = request.attributes.integer("axis");
  const std::int64_t outer = shape.slice(0, axis).num_elements();
  const std::int64_t count = shape[axis];
  const std::int64_t inner = shape.slice(axis + 1).num_elements();
  return make_kernel([=](const KernelArguments& arguments) {
    const auto* x = static_cast<const T*>(arguments.inputs[0]);
    auto* y = static_cast<std::int32_t*>(arguments.outputs[0]);
    for (std::int64_t o = 0; o < outer; ++o) {
      for (std::int64_t k = 0; k < inner; ++k) {
        const auto at = [&](std::int64_t i) { return x[(o * count + i) * inner + k]; };
        std::int64_t best = 0;
        for (std::int64_t i = 1; i < count; ++i) {
          if (beats<kGreatest>(at(i), at(best))) best = i;
        }
        y[o * inner + k] = static_cast<std::int32_t>(best);
      }
    }
  });
}

template <bool kGreatest> std::unique_ptr<Kernel> make_search(const KernelRequest& request) {
  return visit_dtype(request.inputs[0].dtype, [&](auto zero) -> std::unique_ptr<Kernel> {
    using T = decltype(zero);
    if constexpr (std::is_arithmetic_v<T>) {
      return search_kernel<kGreatest, T>(request);
    } else {
      return nullptr;
    }
  });
}

const bool kRegistered[] = {
    register_kernel("argmax", Backend::kReference, make_search<true>),
    register_kernel("argmin", Backend::kReference, make_search<false>),
};

}  // namespace
}  // namespace cornu::reference
