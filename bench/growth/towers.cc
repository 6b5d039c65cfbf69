#include <array>

#include "bench/growth/series.h"

namespace growth {

using namespace cornu;
using namespace cornu::layers;

namespace {

void towers(Measurement& measurement, std::int64_t size) {
  train(measurement, [size] {
    const Sequential tower({Conv2D(16, 3, {.padding = "same", .activation = "relu"}), MaxPooling2D(2),
                            Conv2D(32, 3, {.padding = "same", .activation = "relu"}), MaxPooling2D(2), Flatten(),
                            Dense(64)});
    Tensors inputs;
    Tensors outputs;
    for (std::int64_t i = 0; i < size; ++i) {
      inputs.push_back(Input({32, 32, 3}));
      outputs.push_back(tower(inputs.back()));
    }
    return Model(inputs, Dense(10)(size == 1 ? outputs[0] : Tensor(Concatenate()(outputs))));
  });
}

}  // namespace

std::span<const Series> tower_series() {
  static const std::array kSeries{Series{.name = "towers",
                                         .size = "inputs of one shared tower",
                                         .what = "convolutions on 32x32 images, batch 32",
                                         .sizes = {1, 2, 4, 8, 16, 32},
                                         .work = [](std::int64_t size) { return static_cast<double>(size); },
                                         .batch_size = [](std::int64_t) { return std::int64_t{32}; },
                                         .run = towers}};
  return kSeries;
}

}  // namespace growth
