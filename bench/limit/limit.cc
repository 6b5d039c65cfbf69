#include "bench/limit/limit.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "bench/cornu_bench/kernels.h"
#include "bench/cornu_bench/workloads.h"
#include "bench/limit/table.h"

namespace bench {

using namespace cornu;

namespace {

std::string workload_name;
LimitOptions limit_options;
Machine machine;

// The median time of a call as users make it, feeding and figures included.
template <typename F> double call_ms(const F& call) {
  constexpr std::size_t kWarmUp = 3;
  constexpr std::size_t kCalls = 21;
  std::vector<double> times;
  for (std::size_t i = 0; i < kWarmUp + kCalls; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    call();
    times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
  }
  times.erase(times.begin(), times.begin() + kWarmUp);
  std::sort(times.begin(), times.end());
  return times[kCalls / 2];
}

ProgramProfile profile_of(const Program& program, const Tensors& feeds) {
  std::vector<const void*> sources;
  for (const Tensor& feed : feeds) sources.push_back(feed.raw());
  Tensors results;
  std::vector<void*> targets;
  for (const TensorSpec& spec : program.fetch_specs()) {
    results.push_back(Tensor::empty(spec.shape, spec.dtype));
    targets.push_back(results.back().raw());
  }
  return program.profile(sources, targets,
                         {.seconds_per_step = limit_options.seconds, .cache_bytes = machine.cache_bytes});
}

void print(const Account& account) {
  if (limit_options.summary) {
    std::printf("%s\n", summary(workload_name, account).c_str());
  } else {
    print_table(workload_name, account, limit_options.every_step);
  }
}

}  // namespace

void begin_table(const std::string& workload, const LimitOptions& options, const Machine& machine_of_table) {
  workload_name = workload;
  limit_options = options;
  machine = machine_of_table;
}

void train(Measurement&, const AnyModel& model, const CompileOptions& options, const ModelData& x, const ModelData& y) {
  set_kernels(model);
  model.compile(options);
  const double call = call_ms([&] { model.train_on_batch(x, y); });
  Tensors feeds = x.tensors();
  feeds.insert(feeds.end(), y.tensors().begin(), y.tensors().end());
  print({profile_of(*model->training_program(x, y), feeds), machine.bytes_per_second, call});
}

void infer(Measurement&, const AnyModel& model, const Tensor& x) {
  set_kernels(model);
  const std::vector<Tensor> inputs{x};
  const Shape output_shape = model->compute_output_shape({x.shape()})[0];
  std::vector<float> output(static_cast<std::size_t>(output_shape.num_elements()));
  const std::vector<std::span<float>> outputs{output};
  const double call = call_ms([&] { model->predict_into(inputs, outputs); });
  print({profile_of(*model->prediction_program(inputs), inputs), machine.bytes_per_second, call});
}

}  // namespace bench
