#pragma once

#include <vector>

#include "framework/tensor.h"

namespace cornu::ops {

/// A tensor whose axes are named by numbers.
struct LabelledTensor {
  Tensor tensor;
  std::vector<int> labels;  ///< one for each axis
};

/// Products of all operands' elements, summed over the labels that the output does not name: the heart of `einsum`.
///
/// A label that an operand repeats stands for its diagonal. Operands are contracted two at a time, those first whose
/// result is smallest. **Throws** ShapeError when one label has two sizes other than 1.
Tensor contract(std::vector<LabelledTensor> operands, const std::vector<int>& output);

}  // namespace cornu::ops
