#include "bench/cornu_bench/workloads.h"

#include <vector>

#include "apps/measurement/numbers.h"
#include "bench/cornu_bench/kernels.h"

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

void train(Measurement& measurement, const AnyModel& model, const CompileOptions& options, const ModelData& x,
           const ModelData& y) {
  set_kernels(model);
  model.compile(options);
  measurement.set_params(model->count_params());
  measurement.loop([&] {
    // The loss of this step alone, not the mean since the model was compiled.
    model->reset_metrics();
    return model.train_on_batch(x, y).at("loss");
  });
}

void infer(Measurement& measurement, const AnyModel& model, const Tensor& x) {
  set_kernels(model);
  measurement.set_params(model->count_params());
  const std::vector<Tensor> inputs{x};
  const Shape output_shape = model->compute_output_shape({x.shape()})[0];
  std::vector<float> output(static_cast<std::size_t>(output_shape.num_elements()));
  const std::vector<std::span<float>> outputs{output};
  measurement.loop([&] {
    model->predict_into(inputs, outputs);
    return static_cast<double>(output[0]);
  });
}

Loss cross_entropy() { return losses::SparseCategoricalCrossentropy({.from_logits = true}); }

}  // namespace bench
