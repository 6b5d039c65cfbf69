#include <array>

#include "bench/cornu_bench/workloads.h"

namespace bench {

using namespace cornu;
using namespace cornu::layers;

namespace {

void transformer_train(Measurement& measurement) {
  constexpr int kBlocks = 4;
  const LayerNormalizationOptions norm{.epsilon = 1e-5};
  const Tensor x = Input({128, 256});
  Tensor y = x;
  for (int block = 0; block < kBlocks; ++block) {
    y = LayerNormalization(norm)(Add()({y, MultiHeadAttention(4, 64)({y, y})}));
    const Tensor hidden = Dense(1024, {.activation = "gelu"})(y);
    y = LayerNormalization(norm)(Add()({y, Dense(256)(hidden)}));
  }
  const Model transformer(x, Dense(10)(GlobalAveragePooling1D()(y)));
  train(measurement, transformer, {.optimizer = optimizers::Adam(), .loss = cross_entropy()},
        input(measurement, 0, {128, 256}, -1), classes(measurement));
}

}  // namespace

std::span<const Workload> transformer_workloads() {
  static constexpr std::array kWorkloads{Workload{"transformer_train", 16, transformer_train}};
  return kWorkloads;
}

}  // namespace bench
