#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>

#include "framework/tensor.h"

namespace cornu::ops {

/// `start, start + step, ...` up to but without `stop`. Integers give int32, as in Keras. **Throws** InvalidArgument
/// for a step of 0. **See**: `keras.ops.arange`.
Tensor arange(double start, double stop, double step = 1.0, DType dtype = DType::kFloat32);
Tensor arange_of_integers(std::int64_t start, std::int64_t stop, std::int64_t step, DType dtype);
template <std::integral Start, std::integral Stop, std::integral Step = std::int64_t>
Tensor arange(Start start, Stop stop, Step step = 1, DType dtype = DType::kInt32) {
  return arange_of_integers(start, stop, step, dtype);
}
inline Tensor arange(std::int64_t stop) { return arange(std::int64_t{0}, stop); }

/// `num` numbers evenly spaced from `start` to `stop`, which is one of them if `endpoint`. **See**:
/// `keras.ops.linspace`.
Tensor linspace(double start, double stop, std::int64_t num = 50, bool endpoint = true, DType dtype = DType::kFloat32);

/// `base` to the powers of `linspace`. **See**: `keras.ops.logspace`.
Tensor logspace(double start, double stop, std::int64_t num = 50, bool endpoint = true, double base = 10.0,
                DType dtype = DType::kFloat32);

/// Ones on a diagonal of a matrix of zeros: the main one, or one `k` above it. Square without `columns`.
/// **See**: `keras.ops.eye`.
Tensor eye(std::int64_t rows, std::optional<std::int64_t> columns = {}, std::int64_t k = 0,
           DType dtype = DType::kFloat32);

/// Ones at and below a diagonal. **See**: `keras.ops.tri`.
Tensor tri(std::int64_t rows, std::optional<std::int64_t> columns = {}, std::int64_t k = 0,
           DType dtype = DType::kFloat32);

struct OneHotOptions {
  std::int64_t axis = -1;  ///< where the new axis stands in the result
  DType dtype = DType::kFloat32;
};

/// For each index a new axis that is 1 at the index and 0 elsewhere; all 0 for an index outside [0, num_classes).
///
/// **Inputs**: integers of any shape. **Throws** DTypeError for others. **See**: `keras.ops.one_hot`.
Tensor one_hot(const Tensor& x, std::int64_t num_classes, const OneHotOptions& options = {});

/// Indices, one axis of them an example's classes, as one vector of 0 and 1 each. **See**: `keras.ops.multi_hot`.
Tensor multi_hot(const Tensor& x, std::int64_t num_classes, const OneHotOptions& options = {});

/// Coordinates over the grid of these vectors, one tensor for each of them: `indexing` "xy" (the first vector runs
/// along the second axis) or "ij". **See**: `keras.ops.meshgrid`.
Tensors meshgrid(const Tensors& vectors, const std::string& indexing = "xy");

}  // namespace cornu::ops
