#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "framework/dtype.h"

namespace cornu {

/// Memory of the caller that holds an input of a model: its elements in row-major order.
struct InputView {
  template <typename T>
  InputView(std::span<const T> values) : data(values.data()), size(values.size()), dtype(dtype_for<T>()) {}
  template <typename T> InputView(std::span<T> values) : InputView(std::span<const T>(values)) {}
  template <typename T> InputView(const std::vector<T>& values) : InputView(std::span<const T>(values)) {}

  const void* data;
  std::size_t size;  ///< in elements
  DType dtype;
};

/// Memory of the caller that an output of a model is written to, in row-major order.
struct OutputView {
  template <typename T>
  OutputView(std::span<T> values) : data(values.data()), size(values.size()), dtype(dtype_for<T>()) {}
  template <typename T> OutputView(std::vector<T>& values) : OutputView(std::span<T>(values)) {}

  void* data;
  std::size_t size;  ///< in elements
  DType dtype;
};

}  // namespace cornu
