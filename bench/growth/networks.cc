#include <array>

#include "bench/growth/series.h"

namespace growth {

using namespace cornu;
using namespace cornu::layers;

namespace {

constexpr std::int64_t kBatch = 64;

double linear(std::int64_t size) { return static_cast<double>(size); }
std::int64_t fixed_batch(std::int64_t) { return kBatch; }

AnyModel lenet() {
  return Sequential({Conv2D(32, 3, {.padding = "same", .activation = "relu"}), MaxPooling2D(2),
                     Conv2D(64, 3, {.padding = "same", .activation = "relu"}), MaxPooling2D(2), Flatten(),
                     Dense(128, {.activation = "relu"}), Dense(10)},
                    {.input_shape = Shape{28, 28, 1}});
}

void batch(Measurement& measurement, std::int64_t) { train(measurement, lenet); }

void width(Measurement& measurement, std::int64_t size) {
  train(measurement, [size] {
    const auto layer = [size] { return Dense(size, {.activation = "relu"}); };
    return Sequential({layer(), layer(), layer(), Dense(10)}, {.input_shape = Shape{size}});
  });
}

void depth(Measurement& measurement, std::int64_t size) {
  train(measurement, [size] {
    const Tensor x = Input({256});
    Tensor y = x;
    for (std::int64_t i = 0; i < size; ++i) y = Add()({y, Dense(256, {.activation = "relu"})(y)});
    return Model(x, Dense(10)(y));
  });
}

}  // namespace

std::span<const Series> network_series() {
  static const std::array kSeries{Series{.name = "batch",
                                         .size = "samples in a batch",
                                         .what = "LeNet",
                                         .sizes = {8, 16, 32, 64, 128, 256, 512},
                                         .work = linear,
                                         .batch_size = [](std::int64_t size) { return size; },
                                         .run = batch},
                                  Series{.name = "width",
                                         .size = "units of a layer",
                                         .what = "three Dense layers, batch 64",
                                         .sizes = {128, 256, 512, 1024, 2048, 4096},
                                         .work = [](std::int64_t size) { return linear(size) * linear(size); },
                                         .batch_size = fixed_batch,
                                         .run = width},
                                  Series{.name = "depth",
                                         .size = "layers",
                                         .what = "residual Dense layers of 256 units, batch 64",
                                         .sizes = {4, 8, 16, 32, 64, 128, 256},
                                         .work = linear,
                                         .batch_size = fixed_batch,
                                         .run = depth}};
  return kSeries;
}

}  // namespace growth
