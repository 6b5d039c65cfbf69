#include "framework/backends/onednn/column_sums.h"

#include <algorithm>

#include "framework/backends/onednn/vector/tile_kernels.h"

namespace cornu::onednn {
namespace {

// Elements for which one more thread is worth its start.
constexpr std::int64_t kElementsPerPart = 1 << 16;
constexpr std::int64_t kMaxParts = 16;
// Rows that are summed in registers before they are added to the rest, which keeps the rounding errors small.
constexpr std::int64_t kBlock = 256;
// Sums of this many registers side by side hide the latency of the additions.
constexpr std::int64_t kRegisters = 8;

}  // namespace

ColumnSums::ColumnSums(std::int64_t rows, std::int64_t columns)
    : rows_(rows),
      columns_(columns),
      side_by_side_(std::max<std::int64_t>(1, kRegisters * CORNU_CHOOSE_ISA_TABLE(tile_kernels).lanes / columns)),
      parts_(std::clamp<std::int64_t>(rows * columns / kElementsPerPart, 1, kMaxParts)) {}

bool ColumnSums::serves(std::int64_t columns) { return columns >= CORNU_CHOOSE_ISA_TABLE(tile_kernels).lanes; }

std::size_t ColumnSums::scratch_bytes() const { return static_cast<std::size_t>(parts_ * width()) * sizeof(float); }

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
  std::fill_n(scratch, parts_ * width(), 0.0F);
#pragma omp parallel for schedule(static) if (parts_ > 1)
  for (std::int64_t part = 0; part < parts_; ++part) {
    add_rows(x, rows_ * part / parts_, rows_ * (part + 1) / parts_, scratch + part * width());
  }
  for (std::int64_t part = 1; part < parts_; ++part) {
    CORNU_CHOOSE_ISA_TABLE(tile_kernels).add(scratch + part * width(), scratch, width());
  }
  fold(scratch, result);
}

}  // namespace cornu::onednn
