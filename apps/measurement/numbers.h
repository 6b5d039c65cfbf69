#pragma once

#include <cstdint>

#include "framework/tensor.h"

namespace cornu::measurement {

// Made-up data that is the same on every machine and in every framework: it follows from integer arithmetic alone.

/// Number `i` of a stream.
std::uint64_t hash(std::uint64_t stream, std::uint64_t i);
/// The same as float32 in [0, 1).
float uniform(std::uint64_t stream, std::uint64_t i);

/// The streams from which input and target number 0 of a model are drawn; the next one is that of number 1.
inline constexpr std::uint64_t kInputStream = 1000;
inline constexpr std::uint64_t kTargetStream = 2000;

/// Floats in [low, high), element by element in row-major order.
Tensor floats(std::uint64_t stream, const Shape& shape, float low = 0.0F, float high = 1.0F);
/// Integers in [0, bound), as int32.
Tensor integers(std::uint64_t stream, const Shape& shape, std::int64_t bound);

}  // namespace cornu::measurement
