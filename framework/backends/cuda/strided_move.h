#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "framework/dtype.h"
#include "framework/kernel.h"
#include "framework/shape.h"

namespace cornu::cuda {

/// A tensor whose elements are another's: what slices, borders, broadcasts and permutations of axes have in common.
class StridedMove {
 public:
  /// An axis of the result. Its positions `first, first + step, ...`, of which there are `count`, have a source; the
  /// others become the border. The step is positive.
  struct Axis {
    std::int64_t size;
    std::int64_t stride;  ///< from one source to the next, in elements; possibly 0 or negative
    std::int64_t first = 0;
    std::int64_t step = 1;
    std::int64_t count = -1;  ///< all by default
  };

  /// `offset` is the source of the first element that has one.
  StridedMove(const std::vector<Axis>& axes, std::int64_t offset);

  /// Without axes of size 1; neighbours that are one step after another became one.
  const std::vector<Axis>& axes() const { return axes_; }

  /// How many elements are moved at a time.
  std::int64_t width(DType dtype) const;

  /// From input 0 to output 0; `border` is the bits of what has no source.
  std::unique_ptr<Kernel> kernel(const TensorSpec& source, std::uint64_t border = 0) const;

 private:
  void append(Axis axis);
  bool repeats() const { return axes_.empty() || axes_.back().stride == 0; }

  std::vector<Axis> axes_;  // outermost first
  std::int64_t offset_;
  std::int64_t num_elements_ = 1;
};

/// A device::StridedPlaces for axes without borders.
std::string strided_places(const std::vector<StridedMove::Axis>& axes, std::int64_t offset, const char* index,
                           const char* place);

/// Blocks for so many loads, of which a thread has several under way where there are many.
unsigned int blocks_for_moves(std::int64_t count);

/// The move of all elements, as they lie: for operations that change a shape only.
std::unique_ptr<Kernel> copy_kernel(const TensorSpec& source);

}  // namespace cornu::cuda
