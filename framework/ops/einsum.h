#pragma once

#include <string>

#include "framework/tensor.h"

namespace cornu::ops {

/// Sums of products by Einstein's convention: each letter names an axis, letters missing behind "->" are summed over.
///
/// Without "->" the result has the letters that occur once, in alphabetical order. "..." stands for axes that
/// broadcast. A letter repeated within one operand takes the diagonal. dtypes are promoted.
/// **Throws** InvalidArgument for subscripts that are malformed or do not fit the operands, ShapeError when sizes
/// differ. **See**: `keras.ops.einsum`.
/// ```cpp
/// Tensor scores = ops::einsum("bqhd,bkhd->bhqk", {query, key});
/// ```
Tensor einsum(const std::string& subscripts, const Tensors& operands);

}  // namespace cornu::ops
