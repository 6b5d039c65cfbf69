#include "framework/backends/onednn/winograd_tiles.h"

#include <algorithm>

namespace cornu::onednn {
namespace {

// A square of `size` pixels whose first is (row, column) of an image of that shape, number `image` of several.
WinogradPatch patch_of(std::int64_t image, std::int64_t row, std::int64_t column, std::int64_t size,
                       std::int64_t height, std::int64_t width, std::int64_t channels) {
  const auto inside = [size](std::int64_t pixel) { return static_cast<int>(std::clamp<std::int64_t>(pixel, 0, size)); };
  return {.offset = ((image * height + row) * width + column) * channels,
          .row = width * channels,
          .column = channels,
          .first_row = inside(-row),
          .last_row = inside(height - row),
          .first_column = inside(-column),
          .last_column = inside(width - column)};
}

}  // namespace

WinogradTiles::WinogradTiles(const WinogradProblem& problem)
    : problem_(problem), kernels_(CORNU_CHOOSE_ISA_TABLE(winograd_kernels)), lanes_(kernels_.lanes) {}

WinogradPatch WinogradTiles::input_patch(std::int64_t tile) const {
  const std::int64_t across = problem_.tile_columns();
  const std::int64_t row = tile / across;
  return patch_of(row / problem_.tile_rows(), row % problem_.tile_rows() * 4 - problem_.top,
                  tile % across * 4 - problem_.left, 6, problem_.height, problem_.width, problem_.channels);
}

WinogradPatch WinogradTiles::output_patch(std::int64_t tile) const {
  const std::int64_t across = problem_.tile_columns();
  const std::int64_t row = tile / across;
  return patch_of(row / problem_.tile_rows(), row % problem_.tile_rows() * 4, tile % across * 4, 4, problem_.out_height,
                  problem_.out_width, problem_.filters);
}

void WinogradTiles::transform_inputs(const float* x, std::int64_t first, std::int64_t last, float* points,
                                     std::int64_t point) const {
  for (std::int64_t tile = first; tile < last; ++tile) {
    kernels_.transform_input(x, input_patch(tile), problem_.channels, points + (tile - first) * channels(), point);
  }
}

void WinogradTiles::transform_gradients(const float* dy, std::int64_t first, std::int64_t last, float* points,
                                        std::int64_t point) const {
  for (std::int64_t tile = first; tile < last; ++tile) {
    kernels_.transform_gradient(dy, output_patch(tile), problem_.filters, points + (tile - first) * filters(), point);
  }
}

void WinogradTiles::transform_outputs(const float* points, std::int64_t row, std::int64_t point, std::int64_t first,
                                      std::int64_t last, std::int64_t k, std::int64_t count,
                                      const WinogradFinish& finish, float* y) const {
  WinogradFinish here = finish;
  if (here.bias) here.bias += k;
  if (here.addend) here.addend += k;
  for (std::int64_t tile = first; tile < last; ++tile) {
    kernels_.transform_output(points + (tile - first) * row, point, count, here, y + k, output_patch(tile));
  }
}

}  // namespace cornu::onednn
