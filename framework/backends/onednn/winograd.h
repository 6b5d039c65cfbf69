#pragma once

#include <memory>
#include <optional>

#include "framework/backends/onednn/post_ops.h"
#include "framework/kernel.h"
#include "framework/window_geometry.h"

namespace cornu::onednn {

/// Convolutions of images with 3 x 3 windows, stride 1, by Winograd's minimal filtering F(4x4, 3x3): a quarter of the
/// multiplications of a direct convolution, for which the data go through transforms on the way in and out. Blocks of
/// tiles pass through transform, products and transform back within a core's second cache.
///
/// The largest error stays below `winograd_error(products)` times the largest output; set_float32_precision("exact")
/// forbids it. NaN and infinity spread over the 4 x 4 pixels of their tiles.
///
/// **See**: A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2015.
struct WinogradProblem {
  std::int64_t batch;
  std::int64_t height;  ///< of the input, as `width` and `channels`
  std::int64_t width;
  std::int64_t channels;
  std::int64_t out_height;
  std::int64_t out_width;
  std::int64_t filters;
  std::int64_t top;  ///< zeros above and left of the input
  std::int64_t left;

  /// Tiles of 4 x 4 pixels that cover one output, and all of them.
  std::int64_t tile_rows() const { return (out_height + 3) / 4; }
  std::int64_t tile_columns() const { return (out_width + 3) / 4; }
  std::int64_t num_tiles() const { return batch * tile_rows() * tile_columns(); }

  /// The same problem for the gradient of the input: from the gradient of the output, with the kernel turned.
  WinogradProblem turned() const;
};

/// The problem that a convolution poses, or nothing where it is of another kind. `x` is its input, `y` its output.
std::optional<WinogradProblem> winograd_problem(const WindowGeometry& geometry, const Attributes& attributes,
                                                const Shape& x, const Shape& y);

/// Bound of the largest error in relation to the largest possible output, for sums of so many products.
double winograd_error(std::int64_t products);

/// `fused_conv` and `conv`. Null for activations that no block kernel computes.
std::unique_ptr<Kernel> make_winograd_forward(const WinogradProblem& problem, const Epilogue& epilogue);

/// `conv_input_gradient` of the problem: inputs are the gradient of the output and the kernel.
std::unique_ptr<Kernel> make_winograd_input_gradient(const WinogradProblem& problem);

/// `conv_kernel_gradient` of the problem: inputs are the convolution's and the gradient of its output.
std::unique_ptr<Kernel> make_winograd_kernel_gradient(const WinogradProblem& problem);

}  // namespace cornu::onednn
