// What cornu-bench does with its networks: it times their steps. cornu-bench-limit does something else with them.

#include <vector>

#include "bench/cornu_bench/kernels.h"
#include "bench/cornu_bench/workloads.h"

namespace bench {

using namespace cornu;

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

}  // namespace bench
