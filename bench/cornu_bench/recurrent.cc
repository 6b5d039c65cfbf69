#include <array>

#include "bench/cornu_bench/workloads.h"

namespace bench {

using namespace cornu;
using namespace cornu::layers;

namespace {

void train_recurrent(Measurement& measurement, const AnyLayer& recurrent) {
  const Sequential model({recurrent, Dense(10)}, {.input_shape = Shape{100, 64}});
  train(measurement, model, {.optimizer = optimizers::Adam(), .loss = cross_entropy()},
        input(measurement, 0, {100, 64}, -1), classes(measurement));
}

void lstm_train(Measurement& measurement) { train_recurrent(measurement, LSTM(128)); }
void gru_train(Measurement& measurement) { train_recurrent(measurement, GRU(128)); }

}  // namespace

std::span<const Workload> recurrent_workloads() {
  static constexpr std::array kWorkloads{Workload{"lstm_train", 32, lstm_train}, Workload{"gru_train", 32, gru_train}};
  return kWorkloads;
}

}  // namespace bench
