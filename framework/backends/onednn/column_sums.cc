#include "framework/backends/onednn/column_sums.h"

#include <omp.h>

#include <algorithm>

#include "framework/backends/onednn/vector/tile_kernels.h"

namespace cornu::onednn {
namespace {

// Elements for which one more thread is worth its start.
constexpr std::int64_t kElementsPerThread = 1 << 17;
// Rows that are summed in registers before they are added to the rest, which keeps the rounding errors small.
constexpr std::int64_t kBlock = 256;
// Sums of this many registers side by side hide the latency of the additions.
constexpr std::int64_t kRegisters = 8;

}  // namespace

ColumnSums::ColumnSums(std::int64_t rows, std::int64_t columns)
    : rows_(rows),
      columns_(columns),
      side_by_side_(std::max<std::int64_t>(1, kRegisters * CORNU_CHOOSE_ISA_TABLE(tile_kernels).lanes / columns)),
      threads_(std::clamp<std::int64_t>(rows * columns / kElementsPerThread, 1, omp_get_max_threads())) {}

bool ColumnSums::serves(std::int64_t columns) { return columns >= CORNU_CHOOSE_ISA_TABLE(tile_kernels).lanes; }

std::size_t ColumnSums::scratch_bytes() const { return static_cast<std::size_t>(threads_ * width()) * sizeof(float); }

void ColumnSums::add_rows(const float* x, std::int64_t first, std::int64_t last, float* sums) const {
  static constexpr float kOne = 1;
  static constexpr std::int64_t kThere = 0;
  Tile tile{.a = &kOne,
            .a_rows = &kThere,
            .a_depth = 0,
            .b = nullptr,
            .b_depth = width(),
            .c = sums,
            .c_row = 0,
            .depth = 0,
            .rows = 1,
            .columns = width(),
            .add = true};
  const auto& kernels = CORNU_CHOOSE_ISA_TABLE(tile_kernels);
  const std::int64_t whole = (last - first) / side_by_side_;
  for (std::int64_t done = 0; done < whole; done += kBlock) {
    tile.b = x + (first + done * side_by_side_) * columns_;
    tile.depth = std::min(kBlock, whole - done);
    kernels.multiply(tile);
  }
  for (std::int64_t row = first + whole * side_by_side_; row < last; ++row)
    kernels.add(x + row * columns_, sums, columns_);
}

void ColumnSums::fold(const float* sums, float* result) const {
  std::copy_n(sums, columns_, result);
  for (std::int64_t i = 1; i < side_by_side_; ++i) {
    CORNU_CHOOSE_ISA_TABLE(tile_kernels).add(sums + i * columns_, result, columns_);
  }
}

void ColumnSums::run(const float* x, float* result, float* scratch) const {
  std::fill_n(scratch, threads_ * width(), 0.0F);
  const std::int64_t threads = std::min<std::int64_t>(threads_, omp_get_max_threads());
  if (threads == 1) {
    add_rows(x, 0, rows_, scratch);
  } else {
#pragma omp parallel num_threads(static_cast <int>(threads_))
    {
      const std::int64_t share = omp_get_num_threads();
      const std::int64_t thread = omp_get_thread_num();
      add_rows(x, rows_ * thread / share, rows_ * (thread + 1) / share, scratch + thread * width());
    }
  }
  for (std::int64_t t = 1; t < threads_; ++t) {
    CORNU_CHOOSE_ISA_TABLE(tile_kernels).add(scratch + t * width(), scratch, width());
  }
  fold(scratch, result);
}

}  // namespace cornu::onednn
