#include "bench/cornu_bench/workloads.h"

#include "apps/measurement/numbers.h"

namespace bench {

using namespace cornu;
using measurement::kInputStream;
using measurement::kTargetStream;

Tensor input(const Measurement& measurement, std::uint64_t number, const Shape& sample, float low) {
  return measurement::floats(kInputStream + number, Shape{measurement.batch_size()}.concatenated(sample), low);
}

Tensor classes(const Measurement& measurement) {
  return measurement::integers(kTargetStream, {measurement.batch_size()}, 10);
}

Tensor bits(const Measurement& measurement) {
  return ops::cast(measurement::integers(kTargetStream, {measurement.batch_size(), 1}, 2), float32);
}

Loss cross_entropy() { return losses::SparseCategoricalCrossentropy({.from_logits = true}); }

}  // namespace bench
