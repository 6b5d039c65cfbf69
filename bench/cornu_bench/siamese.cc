#include <array>

#include "bench/cornu_bench/workloads.h"

namespace bench {

using namespace cornu;
using namespace cornu::layers;

Sequential mlp_tower() {
  return Sequential({Dense(512, {.activation = "relu"}), Dense(256, {.activation = "relu"}), Dense(128)},
                    {.name = "tower", .input_shape = Shape{784}});
}

namespace {

void siamese_mlp_train(Measurement& measurement) {
  const Sequential tower = mlp_tower();
  const Tensor left = Input({784});
  const Tensor right = Input({784});
  const Model siamese({left, right}, L2Distance()({tower(left), tower(right)}));
  train(measurement, siamese,
        {.optimizer = optimizers::SGD({.learning_rate = 0.01}), .loss = losses::Contrastive({.margin = 1.0})},
        {input(measurement, 0, {784}), input(measurement, 1, {784})}, bits(measurement));
}

void siamese_conv_train(Measurement& measurement) {
  const Sequential tower(
      {Conv2D(32, 3, {.padding = "same", .activation = "relu"}), MaxPooling2D(2),
       Conv2D(64, 3, {.padding = "same", .activation = "relu"}), MaxPooling2D(2), Flatten(), Dense(128)},
      {.name = "tower"});
  const Tensor left = Input({64, 64, 3});
  const Tensor right = Input({64, 64, 3});
  const Model siamese({left, right}, Subtract()({tower(left), tower(right)}));
  const Loss mean_square(
      "mean_square", [](const Tensor&, const Tensor& y_pred) { return ops::mean(ops::square(y_pred), {.axis = -1}); });
  train(measurement, siamese, {.optimizer = optimizers::SGD({.learning_rate = 0.01}), .loss = mean_square},
        {input(measurement, 0, {64, 64, 3}), input(measurement, 1, {64, 64, 3})}, bits(measurement));
}

void mlp_infer(Measurement& measurement) { infer(measurement, mlp_tower(), input(measurement, 0, {784})); }

}  // namespace

std::span<const Workload> siamese_workloads() {
  static constexpr std::array kWorkloads{Workload{"siamese_mlp_train", 128, siamese_mlp_train},
                                         Workload{"siamese_conv_train", 32, siamese_conv_train},
                                         Workload{"mlp_infer_b1", 1, mlp_infer}};
  return kWorkloads;
}

}  // namespace bench
