#pragma once

#include <string>

#include "framework/tensor.h"

namespace cornu::io {

/// An image as the bytes of a PNG file.
///
/// `image`: uint8, `(height, width, channels)` with 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 channels (RGBA).
/// **Throws** DTypeError or ShapeError for others.
std::string encode_png(const Tensor& image);

}  // namespace cornu::io
