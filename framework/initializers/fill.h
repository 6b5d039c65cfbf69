#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "framework/tensor.h"

namespace cornu::initializers {

/// A tensor whose i-th element, in row-major order, is `value_at(i)`, a double. Elements are made in parallel.
template <typename F> Tensor filled(const Shape& shape, DType dtype, const F& value_at) {
  Tensor result = Tensor::empty(shape, dtype);
  const std::int64_t count = result.num_elements();
  visit_dtype(dtype, [&](auto zero) {
    using T = decltype(zero);
    T* elements = static_cast<T*>(result.raw());
#pragma omp parallel for schedule(static) if (count > 65536)
    for (std::int64_t i = 0; i < count; ++i) {
      const double value = value_at(static_cast<std::uint64_t>(i));
      if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>) {
        elements[i] = T(static_cast<float>(value));
      } else if constexpr (std::is_same_v<T, bool>) {
        elements[i] = value != 0.0;
      } else {
        elements[i] = static_cast<T>(value);
      }
    }
  });
  return result;
}

}  // namespace cornu::initializers
