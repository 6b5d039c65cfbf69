#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/tensor.h"

namespace cornu::ops {

/// Images in another size.
///
/// Interpolates by "nearest", "bilinear" or "bicubic" between centres of pixels, without smoothing before. "nearest"
/// keeps the dtype; otherwise integers become float32.
/// **Inputs**: images `(batch, height, width, channels)` or without a batch; `size` holds the new height and width.
/// **Throws** ShapeError for other images or sizes below 1, InvalidArgument for another interpolation.
/// **See**: `keras.ops.image.resize` on TensorFlow.
Tensor resize(const Tensor& images, const std::vector<std::int64_t>& size,
              const std::string& interpolation = "bilinear");

}  // namespace cornu::ops
