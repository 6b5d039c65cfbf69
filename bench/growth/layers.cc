#include <array>

#include "bench/growth/series.h"

namespace growth {

using namespace cornu;
using namespace cornu::layers;

namespace {

// Layers so small that what remains is the cost of having a layer.
constexpr std::int64_t kUnits = 8;

AnyModel dense_chain(std::int64_t size) {
  const Tensor x = Input({kUnits});
  Tensor y = x;
  for (std::int64_t i = 0; i < size; ++i) y = Dense(kUnits, {.activation = "tanh"})(y);
  return Model(x, Dense(10)(y));
}

AnyModel add_chain(std::int64_t size) {
  const Tensor x = Input({kUnits});
  Tensor y = x;
  for (std::int64_t i = 0; i < size; ++i) y = Add()({y, x});
  return Model(x, y);
}

void dense_infer(Measurement& measurement, std::int64_t size) {
  infer(measurement, [size] { return dense_chain(size); });
}
void dense_train(Measurement& measurement, std::int64_t size) {
  train(measurement, [size] { return dense_chain(size); });
}
void add_infer(Measurement& measurement, std::int64_t size) {
  infer(measurement, [size] { return add_chain(size); });
}

Series of_layers(const char* name, const char* what, void (*run)(Measurement&, std::int64_t)) {
  return {.name = name,
          .size = "layers",
          .what = what,
          .sizes = {1000, 3000, 10000},
          .work = [](std::int64_t size) { return static_cast<double>(size); },
          .batch_size = [](std::int64_t) { return kUnits; },
          .run = run};
}

}  // namespace

std::span<const Series> layer_series() {
  static const std::array kSeries{of_layers("dense_layers", "a chain of Dense layers, inference", dense_infer),
                                  of_layers("dense_layers_training", "a chain of Dense layers, training", dense_train),
                                  of_layers("add_layers", "a chain of Add layers, inference", add_infer)};
  return kSeries;
}

}  // namespace growth
