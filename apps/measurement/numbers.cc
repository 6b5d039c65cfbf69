#include "apps/measurement/numbers.h"

namespace cornu::measurement {

std::uint64_t hash(std::uint64_t stream, std::uint64_t i) {
  std::uint64_t z = (stream << 40U) + i + 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

float uniform(std::uint64_t stream, std::uint64_t i) { return static_cast<float>(hash(stream, i) >> 40U) * 0x1p-24F; }

Tensor floats(std::uint64_t stream, const Shape& shape, float low, float high) {
  Tensor tensor = Tensor::empty(shape);
  std::uint64_t i = 0;
  for (float& value : tensor.mutable_data<float>()) value = uniform(stream, i++) * (high - low) + low;
  return tensor;
}

Tensor integers(std::uint64_t stream, const Shape& shape, std::int64_t bound) {
  Tensor tensor = Tensor::empty(shape, int32);
  std::uint64_t i = 0;
  for (std::int32_t& value : tensor.mutable_data<std::int32_t>()) {
    value = static_cast<std::int32_t>(hash(stream, i++) % static_cast<std::uint64_t>(bound));
  }
  return tensor;
}

}  // namespace cornu::measurement
