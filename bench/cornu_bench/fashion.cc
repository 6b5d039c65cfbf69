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

// Times the steps of a fit, each from the end of the one before: making a batch belongs to its step.
class StepTimes : public Callback {
 public:
  explicit StepTimes(Measurement& measurement) : measurement_(measurement) {}
  void on_epoch_begin(std::int64_t) override { last_end_ = seconds_since_start(); }
  void on_train_batch_begin(std::int64_t) override { begin_ = seconds_since_start(); }
  void on_train_batch_end(std::int64_t, const Logs& logs) override {
    const double now = seconds_since_start();
    seconds_training_ += now - begin_;
    measurement_.add_step((now - last_end_) * 1e3, logs.at("loss"));
    last_end_ = now;
  }

  /// Of all steps together, from where their batches are ready to where their losses are known.
  double seconds_training() const { return seconds_training_; }

 private:
  Measurement& measurement_;
  double last_end_ = 0.0;
  double begin_ = 0.0;
  double seconds_training_ = 0.0;
};

// The images stay bytes, as in the file: only those of a batch are numbers between 0 and 1.
Batch scaled(const Batch& batch) {
  const Tensor images = ops::expand_dims(ops::cast(batch.x[0], float32), -1);
  return {{images * (1.0F / 255.0F)}, batch.y, {}};
}

// A whole program: read the files, build the network, train one epoch.
void fashion_epoch(Measurement& measurement) {
  const char* given = std::getenv("FASHION_MNIST_DIR");
  const std::string folder = given ? given : "/usr/share/datasets/fashion-mnist";
  const Tensor images = io::read_idx(folder + "/train-images-idx3-ubyte.gz");
  const Tensor classes = io::read_idx(folder + "/train-labels-idx1-ubyte.gz");
  const Dataset train =
      Dataset::from_tensors({images}, {classes}).shuffle(1).batch(measurement.batch_size()).map(scaled);
  measurement.add_figure("data_ready_s", seconds_since_start());

  const Sequential model = lenet();
  set_kernels(model);
  model.compile({.optimizer = optimizers::Adam(), .loss = cross_entropy(), .metrics = {"accuracy"}});
  const auto steps = std::make_shared<StepTimes>(measurement);
  const double begin = seconds_since_start();
  const History history = model.fit(train, {.epochs = 1, .verbose = Verbose::kSilent, .callbacks = {steps}});
  const double epoch = seconds_since_start() - begin;
  measurement.add_figure("epoch_s", epoch);
  measurement.add_figure("share_in_steps", steps->seconds_training() / epoch);
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
