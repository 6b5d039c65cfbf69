#include <array>

#include "bench/cornu_bench/workloads.h"

namespace bench {

using namespace cornu;
using namespace cornu::layers;

namespace {

// ---- ResNet-50

Tensor resnet_conv(const Tensor& x, std::int64_t filters, std::int64_t size, std::int64_t stride) {
  const Tensor y = Conv2D(filters, size, {.strides = stride, .padding = "same"})(x);
  return BatchNormalization({.epsilon = 1.001e-5})(y);
}

Tensor bottleneck(const Tensor& x, std::int64_t filters, std::int64_t stride, bool widens) {
  const Tensor shortcut = widens ? resnet_conv(x, 4 * filters, 1, stride) : x;
  Tensor y = Activation("relu")(resnet_conv(x, filters, 1, stride));
  y = Activation("relu")(resnet_conv(y, filters, 3, 1));
  y = resnet_conv(y, 4 * filters, 1, 1);
  return Activation("relu")(Add()({shortcut, y}));
}

Model resnet50() {
  const Tensor x = Input({224, 224, 3});
  Tensor y = Conv2D(64, 7, {.strides = 2})(ZeroPadding2D({.padding = 3})(x));
  y = Activation("relu")(BatchNormalization({.epsilon = 1.001e-5})(y));
  y = MaxPooling2D(3, {.strides = 2})(ZeroPadding2D({.padding = 1})(y));
  struct Stage {
    std::int64_t filters;
    int blocks;
    std::int64_t stride;
  };
  for (const Stage& stage : {Stage{64, 3, 1}, Stage{128, 4, 2}, Stage{256, 6, 2}, Stage{512, 3, 2}}) {
    for (int block = 0; block < stage.blocks; ++block) {
      y = bottleneck(y, stage.filters, block == 0 ? stage.stride : 1, block == 0);
    }
  }
  return Model(x, Dense(1000, {.activation = "softmax"})(GlobalAveragePooling2D()(y)));
}

// ---- MobileNetV2

Tensor relu6(const Tensor& x) { return ReLU({.max_value = 6.0})(x); }

Tensor pointwise(const Tensor& x, std::int64_t filters) {
  return BatchNormalization()(Conv2D(filters, 1, {.padding = "same", .use_bias = false})(x));
}

Tensor inverted_residual(const Tensor& x, std::int64_t expansion, std::int64_t filters, std::int64_t stride) {
  const std::int64_t channels = x.shape().back();
  Tensor y = expansion == 1 ? x : relu6(pointwise(x, expansion * channels));
  y = DepthwiseConv2D(3, {.strides = stride, .padding = "same", .use_bias = false})(y);
  y = pointwise(relu6(BatchNormalization()(y)), filters);
  return stride == 1 && channels == filters ? Tensor(Add()({x, y})) : y;
}

Model mobilenet_v2() {
  const Tensor x = Input({224, 224, 3});
  Tensor y = Conv2D(32, 3, {.strides = 2, .padding = "same", .use_bias = false})(x);
  y = relu6(BatchNormalization()(y));
  struct Stage {
    std::int64_t expansion;
    std::int64_t filters;
    int repeats;
    std::int64_t stride;
  };
  for (const Stage& stage : {Stage{1, 16, 1, 1}, Stage{6, 24, 2, 2}, Stage{6, 32, 3, 2}, Stage{6, 64, 4, 2},
                             Stage{6, 96, 3, 1}, Stage{6, 160, 3, 2}, Stage{6, 320, 1, 1}}) {
    for (int block = 0; block < stage.repeats; ++block) {
      y = inverted_residual(y, stage.expansion, stage.filters, block == 0 ? stage.stride : 1);
    }
  }
  y = relu6(pointwise(y, 1280));
  return Model(x, Dense(1000, {.activation = "softmax"})(GlobalAveragePooling2D()(y)));
}

void resnet50_infer(Measurement& measurement) { infer(measurement, resnet50(), input(measurement, 0, {224, 224, 3})); }
void mobilenetv2_infer(Measurement& measurement) {
  infer(measurement, mobilenet_v2(), input(measurement, 0, {224, 224, 3}));
}

}  // namespace

std::span<const Workload> application_workloads() {
  static constexpr std::array kWorkloads{Workload{"resnet50_infer_b1", 1, resnet50_infer},
                                         Workload{"resnet50_infer_b8", 8, resnet50_infer},
                                         Workload{"mobilenetv2_infer_b1", 1, mobilenetv2_infer}};
  return kWorkloads;
}

}  // namespace bench
