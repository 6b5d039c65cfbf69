#include <array>
#include <cstdlib>
#include <memory>
#include <string>

#include "apps/measurement/process.h"
#include "bench/cornu_bench/kernels.h"
#include "bench/cornu_bench/workloads.h"

namespace bench {

using namespace cornu;
using measurement::seconds_since_start;

namespace {

// Times the steps of a fit: from where a batch is ready to where its loss is known.
class StepTimes : public Callback {
 public:
  explicit StepTimes(Measurement& measurement) : measurement_(measurement) {}
  void on_train_batch_begin(std::int64_t) override { begin_ = seconds_since_start(); }
  void on_train_batch_end(std::int64_t, const Logs& logs) override {
    const double seconds = seconds_since_start() - begin_;
    seconds_ += seconds;
    measurement_.add_step(seconds * 1e3, logs.at("loss"));
  }

  /// Of all steps together, the first ones too.
  double seconds() const { return seconds_; }

 private:
  Measurement& measurement_;
  double begin_ = 0.0;
  double seconds_ = 0.0;
};

// A whole program: read the files, build the network, train one epoch.
void fashion_epoch(Measurement& measurement) {
  const char* given = std::getenv("FASHION_MNIST_DIR");
  const std::string folder = given ? given : "/usr/share/datasets/fashion-mnist";
  Tensor images = ops::cast(ops::expand_dims(io::read_idx(folder + "/train-images-idx3-ubyte.gz"), -1), float32);
  for (float& value : images.mutable_data<float>()) value /= 255.0F;
  const Tensor classes = io::read_idx(folder + "/train-labels-idx1-ubyte.gz");
  measurement.add_figure("data_ready_s", seconds_since_start());

  const Sequential model = lenet();
  set_kernels(model);
  model.compile({.optimizer = optimizers::Adam(), .loss = cross_entropy(), .metrics = {"accuracy"}});
  const auto steps = std::make_shared<StepTimes>(measurement);
  const double begin = seconds_since_start();
  const History history = model.fit(
      images, classes,
      {.batch_size = measurement.batch_size(), .epochs = 1, .verbose = Verbose::kSilent, .callbacks = {steps}});
  const double epoch = seconds_since_start() - begin;
  measurement.add_figure("epoch_s", epoch);
  measurement.add_figure("share_in_steps", steps->seconds() / epoch);
  measurement.add_figure("train_acc", history["accuracy"].at(0));
  measurement.set_params(model->count_params());
  measurement.add_figure("wall_s", seconds_since_start());
}

}  // namespace

std::span<const Workload> fashion_workloads() {
  static constexpr std::array kWorkloads{Workload{"fashion_epoch", 64, fashion_epoch}};
  return kWorkloads;
}

}  // namespace bench
