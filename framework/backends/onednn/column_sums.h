#pragma once

#include <cstddef>
#include <cstdint>

namespace cornu::onednn {

/// Sums over the rows of a row-major matrix: the gradient of a bias. oneDNN computes it along with the gradient of a
/// convolution's kernel, but for channels-last data that costs several times as much as reading the matrix once more.
class ColumnSums {
 public:
  ColumnSums(std::int64_t rows, std::int64_t columns);

  std::size_t scratch_bytes() const;
  void run(const float* x, float* result, float* scratch) const;

  /// Adds the sums of rows [first, last) to `sums`, which has `width()` elements; `fold` makes the result of them.
  void add_rows(const float* x, std::int64_t first, std::int64_t last, float* sums) const;
  std::int64_t width() const { return columns_ * side_by_side_; }
  void fold(const float* sums, float* result) const;

  /// Whether matrices of so many columns are served.
  static bool serves(std::int64_t columns);

 private:
  std::int64_t rows_;
  std::int64_t columns_;
  std::int64_t side_by_side_;  // rows that are taken as one, so that short ones too fill enough registers
  std::int64_t parts_;  // summed by themselves: how many does not depend on the number of threads, nor does the result
};

}  // namespace cornu::onednn
