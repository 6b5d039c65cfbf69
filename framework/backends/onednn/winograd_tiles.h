#pragma once

#include <cstdint>

#include "framework/backends/onednn/vector/winograd_kernels.h"
#include "framework/backends/onednn/winograd.h"

namespace cornu::onednn {

/// Where the tiles of a Winograd convolution lie in its images, numbered image by image and row by row; and how the
/// memory for their points is laid out: (point, tile, channel), rows rounded up to whole registers.
class WinogradTiles {
 public:
  explicit WinogradTiles(const WinogradProblem& problem);

  const WinogradProblem& problem() const { return problem_; }
  std::int64_t channels() const { return rounded_up(problem_.channels); }
  std::int64_t filters() const { return rounded_up(problem_.filters); }

  /// Floats from one point to the next where a row of so many floats belongs to each of `tiles` tiles. A cache line
  /// more than needed, so that the points of a tile do not all fall into the same set of a cache.
  static std::int64_t point_size(std::int64_t tiles, std::int64_t row) { return tiles * row + kCacheLine; }

  /// The points of the inputs of tiles [first, last), and of the gradients of their outputs.
  void transform_inputs(const float* x, std::int64_t first, std::int64_t last, float* points, std::int64_t point) const;
  void transform_gradients(const float* dy, std::int64_t first, std::int64_t last, float* points,
                           std::int64_t point) const;
  /// The pixels of filters [k, k + count) of tiles [first, last).
  void transform_outputs(const float* points, std::int64_t row, std::int64_t point, std::int64_t first,
                         std::int64_t last, std::int64_t k, std::int64_t count, const WinogradFinish& finish,
                         float* y) const;

  /// Calls `f(offset)` for each pixel of tiles [first, last), with its place in the output.
  template <typename F> void for_pixels(std::int64_t first, std::int64_t last, const F& f) const {
    for (std::int64_t tile = first; tile < last; ++tile) {
      const WinogradPatch patch = output_patch(tile);
      for (int i = patch.first_row; i < patch.last_row; ++i) {
        for (int j = patch.first_column; j < patch.last_column; ++j) {
          f(patch.offset + i * patch.row + j * patch.column);
        }
      }
    }
  }

 private:
  static constexpr std::int64_t kCacheLine = 16;

  std::int64_t rounded_up(std::int64_t count) const { return (count + lanes_ - 1) / lanes_ * lanes_; }
  WinogradPatch input_patch(std::int64_t tile) const;
  WinogradPatch output_patch(std::int64_t tile) const;

  WinogradProblem problem_;
  const WinogradKernels& kernels_;
  std::int64_t lanes_;
};

}  // namespace cornu::onednn
