#pragma once

#include <cstddef>
#include <utility>

#include "framework/tensor.h"

namespace cornu {

/// `count` rows of a tensor from row `first` on, along its first axis, without a copy.
inline Tensor row_view(const Tensor& tensor, std::int64_t first, std::int64_t count) {
  Shape shape = tensor.shape();
  const std::int64_t rows = shape[0];
  shape[0] = count;
  const std::size_t stride = rows > 0 ? tensor.num_bytes() / static_cast<std::size_t>(rows) : 0;
  auto* start = static_cast<std::byte*>(tensor.raw()) + static_cast<std::size_t>(first) * stride;
  return Tensor::from_storage(Storage(tensor.storage(), start), {std::move(shape), tensor.dtype()});
}

}  // namespace cornu
