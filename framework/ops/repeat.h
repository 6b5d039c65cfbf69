#pragma once

#include <cstdint>
#include <vector>

#include "framework/tensor.h"

namespace cornu::ops {

/// The whole tensor so many times along each axis; missing axes are put in front. **See**: `keras.ops.tile`.
Tensor tile(const Tensor& x, const std::vector<std::int64_t>& repeats);

/// Each entry of an axis so many times in a row: one number for all entries, or one for each.
///
/// **Throws** ShapeError for an axis of unknown size with one number for each entry, or a wrong number of them.
/// **See**: `keras.ops.repeat`.
Tensor repeat(const Tensor& x, std::int64_t repeats, std::int64_t axis);
Tensor repeat(const Tensor& x, const std::vector<std::int64_t>& repeats, std::int64_t axis);

/// The same on the flattened tensor.
Tensor repeat(const Tensor& x, std::int64_t repeats);

/// Entries moved along an axis, those that leave it coming in at its other end; the tensor is flattened meanwhile where
/// no axis is given. Several axes may move by different shifts.
///
/// **Throws** ShapeError for an axis of unknown size. **See**: `keras.ops.roll`.
Tensor roll(const Tensor& x, std::int64_t shift);
Tensor roll(const Tensor& x, std::int64_t shift, std::int64_t axis);
Tensor roll(const Tensor& x, const std::vector<std::int64_t>& shifts, const std::vector<std::int64_t>& axes);

}  // namespace cornu::ops
