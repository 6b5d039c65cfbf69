#include <algorithm>

#include "apps/measurement/numbers.h"
#include "apps/measurement/process.h"
#include "bench/growth/series.h"

namespace growth {

using namespace cornu;
using measurement::processor_seconds;

namespace {

AnyModel made(Measurement& measurement, const std::function<AnyModel()>& make) {
  const double begin = processor_seconds();
  AnyModel model = make();
  measurement.add_figure("build_s", processor_seconds() - begin);
  measurement.set_params(model->count_params());
  return model;
}

Tensors inputs_for(const AnyModel& model, std::int64_t batch_size) {
  Tensors inputs;
  for (const TensorSpec& spec : model->input_specs()) {
    const Shape shape = Shape{batch_size}.concatenated(spec.shape.slice(1));
    inputs.push_back(measurement::floats(measurement::kInputStream + inputs.size(), shape, -1.0F));
  }
  return inputs;
}

// `step` until the time is over, with the time of the first one and the median of the later ones as figures.
void repeat(Measurement& measurement, const std::function<double()>& step) {
  std::vector<double> seconds;
  measurement.loop([&] {
    const double begin = processor_seconds();
    const double loss = step();
    seconds.push_back(processor_seconds() - begin);
    return loss;
  });
  measurement.add_figure("first_step_s", seconds.front());
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
  std::nth_element(seconds.begin(), middle, seconds.end());
  measurement.add_figure("step_s", *middle);
}

}  // namespace

void train(Measurement& measurement, const std::function<AnyModel()>& make) {
  const AnyModel model = made(measurement, make);
  model.compile(
      {.optimizer = optimizers::Adam(), .loss = losses::SparseCategoricalCrossentropy({.from_logits = true})});
  const Tensors x = inputs_for(model, measurement.batch_size());
  const Tensor y = measurement::integers(measurement::kTargetStream, {measurement.batch_size()}, 10);
  repeat(measurement, [&] {
    model->reset_metrics();
    return model.train_on_batch(x, y).at("loss");
  });
}

void infer(Measurement& measurement, const std::function<AnyModel()>& make) {
  const AnyModel model = made(measurement, make);
  const Tensors x = inputs_for(model, measurement.batch_size());
  Shapes shapes;
  for (const Tensor& input : x) shapes.push_back(input.shape());
  const Shape output_shape = model->compute_output_shape(shapes)[0];
  std::vector<float> output(static_cast<std::size_t>(output_shape.num_elements()));
  const std::vector<std::span<float>> outputs{output};
  repeat(measurement, [&] {
    model->predict_into(x, outputs);
    return static_cast<double>(output[0]);
  });
}

}  // namespace growth
