#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/tensor.h"

namespace cornu::cuda {

/// How a kernel finds an operand's element for an element of a (broadcast) result.
///
/// Dimensions of the result are merged as far as this operand allows, so that most operands become one of four: a
/// scalar, all elements in order, one row again and again, or each element several times.
class StridedOperand {
 public:
  StridedOperand(const Shape& operand, const Shape& result);

  /// One element for all of the result.
  bool is_scalar() const { return dims_.empty(); }

  /// Whether `count` elements of the result, from a multiple of `count` on, stand for as many in a row here.
  bool is_contiguous(std::int64_t count) const;
  /// Whether they all stand for one element.
  bool is_constant(std::int64_t count) const;

  /// A C++ expression for where the element is, given an expression for the index in the result. `suffix` ends the
  /// literals of the index' type.
  std::string offset(const std::string& index, const std::string& suffix) const;

 private:
  struct Dim {
    std::int64_t size;
    std::int64_t stride;
  };
  std::vector<Dim> dims_;  // outermost first
};

}  // namespace cornu::cuda
