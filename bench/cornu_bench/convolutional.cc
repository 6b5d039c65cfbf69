#include <array>

#include "bench/cornu_bench/workloads.h"

namespace bench {

using namespace cornu;
using namespace cornu::layers;

Sequential lenet() {
  return Sequential({Conv2D(32, 3, {.padding = "same", .activation = "relu"}), MaxPooling2D(2),
                     Conv2D(64, 3, {.padding = "same", .activation = "relu"}), MaxPooling2D(2), Flatten(),
                     Dense(128, {.activation = "relu"}), Dense(10)},
                    {.name = "lenet", .input_shape = Shape{28, 28, 1}});
}

namespace {

void lenet_train(Measurement& measurement) {
  train(measurement, lenet(), {.optimizer = optimizers::Adam(), .loss = cross_entropy()},
        input(measurement, 0, {28, 28, 1}), classes(measurement));
}

void lenet_infer(Measurement& measurement) { infer(measurement, lenet(), input(measurement, 0, {28, 28, 1})); }

// Convolution without bias, then batch normalization.
Tensor normalized_conv(const Tensor& x, std::int64_t filters, std::int64_t size, std::int64_t stride) {
  const Tensor y = Conv2D(filters, size, {.strides = stride, .padding = "same", .use_bias = false})(x);
  return BatchNormalization()(y);
}

Tensor residual_block(const Tensor& x, std::int64_t filters, std::int64_t stride) {
  Tensor y = Activation("relu")(normalized_conv(x, filters, 3, stride));
  y = normalized_conv(y, filters, 3, 1);
  const Tensor shortcut = stride == 1 ? x : normalized_conv(x, filters, 1, stride);
  return Activation("relu")(Add()({y, shortcut}));
}

void resnet20_train(Measurement& measurement) {
  const Tensor x = Input({32, 32, 3});
  Tensor y = Activation("relu")(normalized_conv(x, 16, 3, 1));
  for (const std::int64_t filters : {16, 32, 64}) {
    for (int block = 0; block < 3; ++block) y = residual_block(y, filters, block == 0 && filters > 16 ? 2 : 1);
  }
  const Model resnet(x, Dense(10)(GlobalAveragePooling2D()(y)));
  train(measurement, resnet,
        {.optimizer = optimizers::SGD({.learning_rate = 0.01, .momentum = 0.9}), .loss = cross_entropy()},
        input(measurement, 0, {32, 32, 3}), classes(measurement));
}

}  // namespace

std::span<const Workload> convolutional_workloads() {
  static constexpr std::array kWorkloads{Workload{"lenet_train", 64, lenet_train},
                                         Workload{"resnet20_train", 128, resnet20_train},
                                         Workload{"lenet_infer_b1", 1, lenet_infer}};
  return kWorkloads;
}

}  // namespace bench
