// Regression with two inputs and two outputs on data of its own making: inputs by name, a loss, a weight and metrics
// for each output, early stopping on the validation loss.
//
//   regression [--small]

#include <cornu/cornu.h>

#include <cstdio>
#include <iostream>
#include <string>

using namespace cornu;
using namespace cornu::layers;

namespace {

void run(bool small) {
  // A house has four measures and stands in one of three districts; its price and its age follow from both.
  const std::int64_t houses = small ? 2000 : 20000;
  SeedGenerator seeds(1);
  Tensor measures = ops::random_normal({houses, 4}, seeds.next());
  Tensor district = ops::random_integers({houses, 1}, seeds.next(), 0, 3);
  Tensor noise = ops::random_normal({houses, 1}, seeds.next(), 0.0, 0.1);
  Tensor location = ops::cast(district, float32) - 1.0;
  Tensor worth = ops::matmul(measures, Tensor::copy({1.5F, -0.5F, 0.25F, 0.0F}, {4, 1}));
  Tensor price = worth * (1.0 + 0.5 * location) + location + noise;
  Tensor age = ops::square(ops::slice(measures, {0, 3}, {-1, 1})) - location + noise;

  set_random_seed(1);
  Tensor measures_in = Input({4}, {.name = "measures"});
  Tensor district_in = Input({1}, {.dtype = int32, .name = "district"});
  Tensor place = Flatten()(Embedding(3, 4, {.name = "districts"})(district_in));
  Tensor trunk = Dense(64, {.activation = "relu"})(Concatenate()({measures_in, place}));
  trunk = Dense(32, {.activation = "relu"})(trunk);
  Tensor price_out = Dense(1, {.name = "price"})(trunk);
  Tensor age_out = Dense(1, {.name = "age"})(trunk);
  Model model({measures_in, district_in}, {price_out, age_out}, {.name = "houses"});

  model.compile({.optimizer = optimizers::Adam({.learning_rate = 3e-3}),
                 .loss = {{"price", "mse"}, {"age", losses::MeanAbsoluteError()}},
                 .loss_weights = {{"price", 1.0}, {"age", 0.5}},
                 .metrics = {{"price", {"mae"}}, {"age", {metrics::RootMeanSquaredError()}}}});
  History history = model.fit({{"measures", measures}, {"district", district}}, {{"price", price}, {"age", age}},
                              {.batch_size = 64,
                               .epochs = small ? 8 : 30,
                               .callbacks = {callbacks::EarlyStopping({.patience = 3, .restore_best_weights = true})},
                               .validation_split = 0.2,
                               .seed = 1});

  std::printf("%zu epochs, val_loss from %.4f to %.4f\n", history.epoch.size(), history["val_loss"].front(),
              history["val_loss"].back());
  const Logs figures =
      model.evaluate({{"measures", measures}, {"district", district}}, {{"price", price}, {"age", age}});
  for (const auto& [name, values] : figures) std::printf("%s: %.4f\n", name.c_str(), values[0]);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(argc > 1 && std::string(argv[1]) == "--small");
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "regression: " << error.what() << "\n";
    return 1;
  }
}
