#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "framework/axes.h"
#include "models/operation_layer.h"

namespace cornu {

// What the tables of Keras' operations (keras_*_operations.cc) share: configurations as arguments of cornu's ops. Where
// Keras takes one number or several, so do these.

/// An axis, several, or all of them (null).
Axes axes_from(const Config& config);
/// One number as a list of one; null as an empty list.
std::vector<std::int64_t> integers_from(const Config& config);
std::optional<std::int64_t> integer_from(const Config& config);
std::optional<DType> dtype_from(const Config& config);
/// "axis" and "keepdims" of the configuration.
ReduceOptions reduce_options_from(const Config& config);
/// `x` as the dtype that "dtype" of the configuration asks for, if any.
Tensor as_configured_dtype(const Tensor& x, const Config& config);

using UnaryFunction = Tensor (*)(const Tensor& x);
using BinaryFunction = Tensor (*)(const Tensor& x, const Tensor& y);

/// An operation of one tensor "x", or of two, that has no settings. Returns true.
bool register_unary(const std::string& class_name, UnaryFunction function);
bool register_binary(const std::string& class_name, BinaryFunction function, const std::string& first = "x1",
                     const std::string& second = "x2");

}  // namespace cornu
