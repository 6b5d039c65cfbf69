#pragma once

#include <cstdint>

#include "framework/backends/onednn/vector/isa.h"

namespace cornu::onednn {

/// The points in which F(4x4, 3x3) evaluates a tile: 6 x 6 of the input, one sum of products each, 4 x 4 of the output.
inline constexpr int kWinogradPoints = 36;

/// A square of pixels in a channels-last image, some of which may lie outside of it: those are read as zeros and not
/// written.
struct WinogradPatch {
  std::int64_t offset;  ///< floats from the image to the patch's first pixel, wherever that lies
  std::int64_t row;     ///< floats from a pixel to the one below
  std::int64_t column;  ///< floats from a pixel to the one beside
  int first_row;        ///< pixels [first_row, last_row) x [first_column, last_column) of the patch lie inside
  int last_row;
  int first_column;
  int last_column;
};

/// What becomes of a convolution's result on its way out: `clamp(result + bias + addend)`.
struct WinogradFinish {
  const float* bias;    ///< of the first filter, or null
  const float* addend;  ///< an image as the result, or null
  bool has_lower;
  bool has_upper;
  float lower;
  float upper;
};

/// The transforms of Winograd's minimal filtering F(4x4, 3x3), each for `count` channels side by side of one tile, with
/// `point` floats from one of the 36 points to the next. Results are written up to a whole number of `lanes`; what is
/// there beyond `count` is zero, except in images and kernels, where nothing is written beyond.
///
/// The polynomials are interpolated in 0, +-5/8, +-3/2 and infinity. Every coefficient that meets data is exact in
/// float32, and the largest error is a quarter of that with the customary 0, +-1, +-2.
///
/// **See**: A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2015; B. Barabasz et al., "Error
/// Analysis and Improving the Accuracy of Winograd Convolution for Deep Neural Networks", 2018.
struct WinogradKernels {
  std::int64_t lanes;

  /// 6 x 6 pixels of a layer's input to points.
  void (*transform_input)(const float* image, const WinogradPatch& patch, std::int64_t count, float* points,
                          std::int64_t point);
  /// Points to 4 x 4 pixels of a layer's output.
  void (*transform_output)(const float* points, std::int64_t point, std::int64_t count, const WinogradFinish& finish,
                           float* image, const WinogradPatch& patch);
  /// 4 x 4 pixels of the output's gradient to points: the transposed of `transform_output`.
  void (*transform_gradient)(const float* image, const WinogradPatch& patch, std::int64_t count, float* points,
                             std::int64_t point);
  /// A kernel of 3 x 3 taps, `tap` floats apart, to points.
  void (*transform_kernel)(const float* taps, std::int64_t tap, std::int64_t count, float* points, std::int64_t point);
  /// Points to the gradient of 3 x 3 taps: the transposed of `transform_kernel`.
  void (*fold_kernel)(const float* points, std::int64_t point, std::int64_t count, float* taps, std::int64_t tap);
};

CORNU_DECLARE_ISA_TABLE(WinogradKernels, winograd_kernels)

}  // namespace cornu::onednn
