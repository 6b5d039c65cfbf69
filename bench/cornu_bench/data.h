#pragma once

#include <cstdint>
#include <span>

#include <cornu/cornu.h>

namespace bench {

/// Number i of a stream: the same on every machine and in every peer.
std::uint64_t hash(std::uint64_t stream, std::uint64_t i);
/// The same as float32 in [0, 1).
float uniform(std::uint64_t stream, std::uint64_t i);

/// Input `number` of a model, in [low, high).
cornu::Tensor input(std::uint64_t number, const cornu::Shape& shape, float low, float high);
/// Class numbers below `classes`, int32.
cornu::Tensor labels(std::int64_t count, std::uint64_t classes);
/// Zeros and ones, `(count, 1)` float32.
cornu::Tensor bits(std::int64_t count);

/// Gives all kernels of a built model their Glorot numbers, kernel by kernel in the order in which the layers were
/// made. Other weights keep what their layers begin with.
void set_kernels(const cornu::AnyModel& model);

}  // namespace bench
