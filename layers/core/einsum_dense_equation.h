#pragma once

#include <string>
#include <vector>

#include "framework/shape.h"

namespace cornu::layers {

/// What an EinsumDense learns from its equation and the shape of its input.
struct EinsumDensePlan {
  Shape kernel_shape;
  Shape bias_shape;  ///< meaningful with bias axes
  Shape output_shape;
  std::vector<std::int64_t> input_axes;   ///< axes of the kernel that are summed over
  std::vector<std::int64_t> output_axes;  ///< axes of the kernel that occur in the output
};

/// Analyses an equation of one of the forms `ab,bc->ac`, `...b,bc->...c` and `ab...,bc->ac...`.
///
/// `output_shape` is that of one example, without the axes that "..." stands for; a size may be unknown where the input
/// has it. `who` begins messages. **Throws** InvalidArgument for another form or letters that do not fit, ShapeError
/// for sizes that differ.
EinsumDensePlan plan_einsum_dense(const std::string& equation, const std::string& bias_axes, const Shape& input,
                                  const Shape& output_shape, const std::string& who);

}  // namespace cornu::layers
