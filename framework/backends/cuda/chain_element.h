#pragma once

#include <optional>
#include <span>
#include <string>

#include "framework/elementwise_program.h"
#include "framework/tensor.h"

namespace cornu::cuda {

/// The steps of a chain for one element: the device function `NAME_element(v0, v1, ..., y0, y1, ...)`, of the values of
/// the inputs and references to what is stored in the outputs. Shapes do not matter.
///
/// Nothing where a chain does arithmetic on bools, or has an operation without a device function for its dtype.
std::optional<std::string> chain_element(const ElementwiseProgram& program, std::span<const TensorSpec> inputs,
                                         std::span<const TensorSpec> outputs, const std::string& name);

/// The operations of chains besides "cast": those that chain_functions.cuh has as NAME_of.
std::span<const char* const> chain_operations();

}  // namespace cornu::cuda
