#include "framework/ops/extract_patches.h"

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "framework/ops/conv.h"
#include "framework/ops/range.h"
#include "framework/ops/reshape.h"

namespace cornu::ops {

Tensor extract_patches(const Tensor& images, const std::vector<std::int64_t>& size, const PatchOptions& options) {
  if (images.rank() == 3) return squeeze(extract_patches(expand_dims(images, 0), size, options), 0);
  if (images.rank() != 4 || images.shape()[-1] == kUnknown || size.size() != 2) {
    throw ShapeError(
        "extract_patches: expected images of shape (batch, height, width, channels) or (height, width, channels) with "
        "known channels, and the height and width of a patch; got " +
            images.shape().to_string() + " and " + Shape(size).to_string(),
        {}, "extract_patches");
  }
  // A convolution in which each filter picks one channel of one pixel.
  const std::int64_t channels = images.shape()[-1];
  const std::int64_t count = size[0] * size[1] * channels;
  const Tensor x = is_floating(images.dtype()) ? images.strong() : cast(images, DType::kFloat32);
  const Tensor picks = reshape(eye(count, count, 0, x.dtype()), {size[0], size[1], channels, count});
  return conv(x, picks,
              {.strides = options.strides.empty() ? size : options.strides,
               .padding = options.padding,
               .dilation_rate = options.dilation_rate});
}

}  // namespace cornu::ops
