#pragma once

#include <functional>
#include <span>

#include "framework/tensor.h"

namespace cornu {

/// What a shape rule gives when some inputs have no rank: the rule is asked for each rank they could have, and what all
/// answers agree on is known of the outputs.
///
/// Where every input has a rank this is `rule(inputs)`. **Throws** what the rule throws when it accepts no rank.
TensorSpecs infer_for_any_rank(std::span<const TensorSpec> inputs,
                               const std::function<TensorSpecs(std::span<const TensorSpec>)>& rule);

/// What is known of a tensor that has one of two shapes: sizes that differ become unknown, and so does a rank.
Shape merged_shape(const Shape& a, const Shape& b);

}  // namespace cornu
