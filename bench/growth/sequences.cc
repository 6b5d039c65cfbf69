#include <array>

#include "bench/growth/series.h"

namespace growth {

using namespace cornu;
using namespace cornu::layers;

namespace {

constexpr std::int64_t kUnits = 128;

void recurrence(Measurement& measurement, std::int64_t size) {
  train(measurement, [size] { return Sequential({LSTM(kUnits), Dense(10)}, {.input_shape = Shape{size, 64}}); });
}

void attention(Measurement& measurement, std::int64_t size) {
  train(measurement, [size] {
    const Tensor x = Input({size, kUnits});
    const Tensor attended = LayerNormalization()(Add()({x, MultiHeadAttention(4, kUnits / 4)({x, x})}));
    const Tensor hidden = Dense(4 * kUnits, {.activation = "gelu"})(attended);
    const Tensor y = LayerNormalization()(Add()({attended, Dense(kUnits)(hidden)}));
    return Model(x, Dense(10)(GlobalAveragePooling1D()(y)));
  });
}

// For each step: four projections, the two layers of four times the size, and scores and sums over all steps.
double work_of_attention(std::int64_t size) {
  const auto steps = static_cast<double>(size);
  const auto units = static_cast<double>(kUnits);
  return steps * (4.0 * units * units + 8.0 * units * units + 2.0 * units * steps);
}

}  // namespace

std::span<const Series> sequence_series() {
  static const std::array kSeries{Series{.name = "recurrence",
                                         .size = "steps",
                                         .what = "LSTM of 128 units, batch 32",
                                         .sizes = {25, 50, 100, 200, 400, 800},
                                         .work = [](std::int64_t size) { return static_cast<double>(size); },
                                         .batch_size = [](std::int64_t) { return std::int64_t{32}; },
                                         .run = recurrence},
                                  Series{.name = "attention",
                                         .size = "steps",
                                         .what = "transformer block of 128 units, batch 8",
                                         .sizes = {32, 64, 128, 256, 512, 1024},
                                         .work = work_of_attention,
                                         .batch_size = [](std::int64_t) { return std::int64_t{8}; },
                                         .run = attention}};
  return kSeries;
}

}  // namespace growth
