#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "framework/tensor.h"

namespace cornu::test {

/// 0, 1, 2, ... so that a value says where it came from.
template <typename T = float> Tensor counted(const Shape& shape) {
  std::vector<T> values(static_cast<std::size_t>(shape.num_elements()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<T>(i);
  return Tensor::copy(values, shape);
}

/// `sin(1.3 k + 0.5)` for element k: no two elements are equal, and NumPy makes the same numbers.
inline Tensor wave(const Shape& shape) {
  std::vector<double> values(static_cast<std::size_t>(shape.num_elements()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::sin(1.3 * static_cast<double>(i) + 0.5);
  return Tensor::copy(values, shape);
}

/// What an exception of type E that `f` throws says.
template <typename E, typename F> std::string message_of(F&& f) {
  try {
    f();
  } catch (const E& error) {
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace cornu::test
