#include "framework/backends/cuda/strided_operand.h"

#include <algorithm>

namespace cornu::cuda {

StridedOperand::StridedOperand(const Shape& operand, const Shape& result) {
  const std::vector<std::int64_t> strides = row_major_strides(operand);
  const std::int64_t added = result.rank() - operand.rank();
  for (std::int64_t axis = 0; axis < result.rank(); ++axis) {
    const std::int64_t size = result[axis];
    if (size == 1) continue;
    const bool broadcast = axis < added || operand[axis - added] == 1;
    const std::int64_t stride = broadcast ? 0 : strides[static_cast<std::size_t>(axis - added)];
    if (!dims_.empty() && dims_.back().stride == stride * size) {
      dims_.back() = {dims_.back().size * size, stride};
    } else {
      dims_.push_back({size, stride});
    }
  }
  if (dims_.size() == 1 && dims_[0].stride == 0) dims_.clear();
}

// Whole groups within the innermost dimension, and all groups at multiples of `count` in memory.
bool StridedOperand::is_contiguous(std::int64_t count) const {
  if (dims_.empty() || dims_.back().stride != 1) return false;
  const bool whole = dims_.size() == 1 || dims_.back().size % count == 0;
  return whole && std::all_of(dims_.begin(), dims_.end() - 1, [&](const Dim& dim) { return dim.stride % count == 0; });
}

bool StridedOperand::is_constant(std::int64_t count) const {
  return dims_.empty() || (dims_.back().stride == 0 && dims_.back().size % count == 0);
}

std::string StridedOperand::offset(const std::string& index, const std::string& suffix) const {
  const auto literal = [&](std::int64_t number) { return std::to_string(number) + suffix; };
  std::string sum;
  std::int64_t inner = 1;  // elements of the result for one step of the dimension
  for (std::size_t i = dims_.size(); i-- > 0; inner *= dims_[i].size) {
    if (dims_[i].stride == 0) continue;
    std::string term = inner == 1 ? index : index + " / " + literal(inner);
    if (i > 0) term = (inner == 1 ? term : "(" + term + ")") + " % " + literal(dims_[i].size);
    if (dims_[i].stride > 1) term = "(" + term + ") * " + literal(dims_[i].stride);
    sum = sum.empty() ? term : term + " + " + sum;
  }
  return sum.empty() ? literal(0) : sum;
}

}  // namespace cornu::cuda
