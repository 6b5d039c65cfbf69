#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cornu::onednn {

/// Copies a box of elements from one place in memory to another, each with strides of its own; rows that lie without
/// gaps on both sides as one piece, large boxes on several threads.
class StridedCopy {
 public:
  /// One axis of the box; strides in elements, possibly negative.
  struct Axis {
    std::int64_t size;
    std::int64_t source_stride;
    std::int64_t target_stride;
  };

  StridedCopy(const std::vector<Axis>& axes, std::size_t element_bytes);

  /// Copies, with `source` and `target` the places of the box' first element.
  void run(const std::byte* source, std::byte* target) const;

 private:
  void copy_row(const std::byte* source, std::byte* target) const;

  std::vector<Axis> outer_;  // what is left when neighbours are merged, without the last
  Axis row_ = {1, 1, 1};
  std::int64_t num_rows_ = 1;
  std::int64_t element_bytes_;
};

}  // namespace cornu::onednn
