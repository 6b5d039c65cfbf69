#pragma once

#include <cmath>
#include <type_traits>

#include "framework/dtype.h"

namespace cornu {

/// Whether `a` comes before `b` in ascending order, where NaN stands behind all numbers.
template <typename T> bool comes_before(T a, T b) {
  if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>) {
    return comes_before(static_cast<float>(a), static_cast<float>(b));
  } else if constexpr (std::is_floating_point_v<T>) {
    return a < b || (std::isnan(b) && !std::isnan(a));
  } else {
    return a < b;
  }
}

}  // namespace cornu
