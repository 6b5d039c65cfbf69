#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/tensor.h"

namespace cornu::ops {

struct PatchOptions {
  std::vector<std::int64_t> strides = {};        ///< from patch to patch; the size of a patch by default
  std::vector<std::int64_t> dilation_rate = {};  ///< from pixel to pixel within a patch; 1 by default
  std::string padding = "valid";                 ///< "valid" or "same"
};

/// The patches of images, the pixels of each as channels of one pixel of the result.
///
/// **Inputs**: images `(batch, height, width, channels)` or without a batch; `size` holds the height and width of a
/// patch.
/// **Output**: `(batch, rows, columns, height * width * channels)`. **Throws** ShapeError for other images.
/// **See**: `keras.ops.image.extract_patches`.
Tensor extract_patches(const Tensor& images, const std::vector<std::int64_t>& size, const PatchOptions& options = {});

}  // namespace cornu::ops
