#pragma once

#include <cstdint>
#include <vector>

#include "framework/tensor.h"

namespace cornu::ops {

/// The tensors one after the other along an axis; dtypes are promoted.
///
/// **Throws** InvalidArgument without tensors; ShapeError when they differ in another axis. **See**:
/// `keras.ops.concatenate`.
Tensor concatenate(const Tensors& tensors, std::int64_t axis = -1);

/// The tensors, all of one shape, as entries of a new axis of the result. **See**: `keras.ops.stack`.
Tensor stack(const Tensors& tensors, std::int64_t axis = 0);

/// Vectors one after the other, all else along the second axis. **See**: `keras.ops.hstack`.
Tensor hstack(const Tensors& tensors);

/// Along the first axis, vectors as rows. **See**: `keras.ops.vstack`.
Tensor vstack(const Tensors& tensors);

/// `values` after `x` along an axis; both flattened without one. **See**: `keras.ops.append`.
Tensor append(const Tensor& x, const Tensor& values);
Tensor append(const Tensor& x, const Tensor& values, std::int64_t axis);

/// A tensor in so many parts of one size along an axis.
///
/// **Throws** ShapeError when it cannot be divided or its size is unknown. **See**: `keras.ops.split`.
Tensors split(const Tensor& x, std::int64_t sections, std::int64_t axis = 0);

/// A tensor cut at those positions of an axis: `split(x, {1, 3})` gives `x[:1]`, `x[1:3]` and `x[3:]`.
Tensors split(const Tensor& x, const std::vector<std::int64_t>& positions, std::int64_t axis = 0);

/// As `split`, but the first parts are one greater where the size cannot be divided. **See**: `keras.ops.array_split`.
Tensors array_split(const Tensor& x, std::int64_t sections, std::int64_t axis = 0);

/// The entries of an axis of known size, without that axis. **See**: `keras.ops.unstack`.
Tensors unstack(const Tensor& x, std::int64_t axis = 0);

}  // namespace cornu::ops
