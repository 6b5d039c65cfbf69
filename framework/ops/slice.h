#pragma once

#include <cstdint>
#include <vector>

#include "framework/axes.h"
#include "framework/slice_geometry.h"
#include "framework/tensor.h"

namespace cornu::ops {

/// The box of that size that begins at `start`; a size of -1 reaches to the end of its axis.
///
/// **Throws** ShapeError when the box leaves the tensor. **See**: `keras.ops.slice`.
Tensor slice(const Tensor& x, const std::vector<std::int64_t>& start, const std::vector<std::int64_t>& size);

/// Python's `x[begin:end:stride, ...]`, for the leading axes that are given: negative positions count from the end,
/// positions outside are moved to the edge, `kOpen` reaches as far as the axis goes, a negative stride walks backwards.
///
/// **Throws** InvalidArgument for a stride of 0 or lists of different lengths.
/// ```cpp
/// Tensor odd = ops::strided_slice(x, {1}, {kOpen}, {2});   // x[1::2]
/// ```
Tensor strided_slice(const Tensor& x, std::vector<std::int64_t> begin, std::vector<std::int64_t> end,
                     std::vector<std::int64_t> strides = {});

/// Elements [begin, end) of one axis.
Tensor slice_axis(const Tensor& x, std::int64_t axis, std::int64_t begin, std::int64_t end, std::int64_t stride = 1);

/// The one position of an axis, which is kept with size 1 even where the axis' size is unknown; -1 is the last.
/// **Throws** ShapeError outside the axis.
Tensor slice_position(const Tensor& x, std::int64_t axis, std::int64_t position);

/// Zeros of that shape with `x` at the places that `strided_slice` with the same settings reads.
Tensor unslice(const Tensor& x, const Shape& shape, std::vector<std::int64_t> begin, std::vector<std::int64_t> end,
               std::vector<std::int64_t> strides = {});

/// `x` with the box that begins at `start` replaced by `updates`. **Throws** ShapeError when it leaves the tensor.
/// **See**: `keras.ops.slice_update`.
Tensor slice_update(const Tensor& x, const std::vector<std::int64_t>& start, const Tensor& updates);

/// The elements in reverse order along the axes; along all by default. **See**: `keras.ops.flip`.
Tensor flip(const Tensor& x, const Axes& axes = {});

}  // namespace cornu::ops
