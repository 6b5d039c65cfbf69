// Convolutions of which every channel has its own filters, on a card: the emulated one, or this machine's.

#include "framework/backends/cuda/depthwise_conv.h"

#include <boost/test/unit_test.hpp>

#include "framework/backends/cuda/conv_kernel.h"
#include "framework/backends/cuda/nvrtc.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"
#include "tests/support/kernel_test.h"

namespace cornu::test {
namespace {

using Sizes = std::vector<std::int64_t>;

struct Case {
  Shape x;
  Shape kernel;
  std::string padding = "same";
  std::int64_t stride = 1;
  std::int64_t dilation = 1;

  Attributes attributes() const {
    const auto rank = static_cast<std::size_t>(x.rank()) - 2;
    return {{"strides", Sizes(rank, stride)},
            {"dilation", Sizes(rank, dilation)},
            {"padding", padding},
            {"groups", x.back()}};
  }
  Tensor value_of_x() const { return uniform_float32(x, 1); }
  Tensor value_of_kernel() const { return uniform_float32(kernel, 2); }
  Tensor value_of_y() const {
    return uniform_float32(inferred("conv", attributes(), {value_of_x(), value_of_kernel()})[0].shape, 3);
  }
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all{{{2, 7, 6, 5}, {3, 3, 1, 5}},
                                     {{2, 8, 9, 4}, {3, 3, 1, 8}, "same", 2},  // two filters each
                                     {{1, 9, 9, 3}, {2, 3, 1, 3}, "same", 1, 2},
                                     {{2, 10, 10, 3}, {3, 3, 1, 3}, "valid", 3},  // leaves a row and a column out
                                     {{3, 40, 40, 36}, {3, 3, 1, 36}},            // sums in parts, two strips
                                     {{2, 11, 6}, {4, 1, 6}, "same", 2},
                                     {{1, 4, 5, 6, 2}, {2, 3, 1, 1, 4}, "same", 2}};
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_depthwise_conv)

BOOST_AUTO_TEST_CASE(convolutions_equal_the_reference) {
  TestCard card;
  for (const Case& given : cases()) {
    check_on_card(card, "conv", given.attributes(), {given.value_of_x(), given.value_of_kernel()}, 2e-6, 2e-6);
  }
}

BOOST_AUTO_TEST_CASE(input_gradients_equal_the_reference) {
  TestCard card;
  for (const Case& given : cases()) {
    Attributes attributes = given.attributes();
    attributes.set("size", given.x.slice(1, -1).dims());
    check_on_card(card, "conv_input_gradient", attributes, {given.value_of_y(), given.value_of_kernel()}, 2e-6, 2e-6);
  }
}

BOOST_AUTO_TEST_CASE(gradients_of_kernel_and_bias_equal_the_reference) {
  TestCard card;
  for (const Case& given : cases()) {
    Attributes attributes = given.attributes();
    attributes.set("size", given.kernel.slice(0, -2).dims());
    check_on_card(card, "conv_kernel_bias_gradient", attributes, {given.value_of_x(), given.value_of_y()}, 1e-5, 2e-4);
  }
}

BOOST_AUTO_TEST_CASE(what_follows_equals_the_reference) {
  TestCard card;
  const Case& given = cases()[1];
  Attributes attributes = given.attributes();
  attributes.set("bias", true);
  attributes.set("addend", false);
  attributes.set("activation", std::string("tanh"));
  check_on_card(card, "fused_conv", attributes,
                {given.value_of_x(), given.value_of_kernel(), uniform_float32({8}, 4, -8, 8)}, 2e-6, 2e-6);
}

BOOST_AUTO_TEST_CASE(float64_equals_the_reference) {
  TestCard card;
  const Case& given = cases()[1];
  Attributes attributes = given.attributes();
  attributes.set("size", given.kernel.slice(0, -2).dims());
  check_on_card(card, "conv", given.attributes(), {widened(given.value_of_x()), widened(given.value_of_kernel())},
                1e-14, 1e-14);
  check_on_card(card, "conv_kernel_gradient", attributes, {widened(given.value_of_x()), widened(given.value_of_y())},
                1e-14, 1e-14);
}

BOOST_AUTO_TEST_CASE(only_channels_with_their_own_filters_are_depthwise) {
  const auto kernel_of = [](const Case& given, std::int64_t groups) {
    Attributes attributes = given.attributes();
    attributes.set("groups", groups);
    const TensorSpecs inputs{{given.x, DType::kFloat32}, {given.kernel, DType::kFloat32}};
    const TensorSpecs outputs = operation_named("conv").infer(inputs, attributes);
    return compile_kernel_of(Backend::kCuda, {"conv", attributes, inputs, outputs});
  };
  BOOST_TEST(kernel_of({{2, 8, 8, 4}, {3, 3, 1, 8}}, 4)->implementation() == "depthwise_conv<<<4, 256>>>");
  BOOST_TEST(kernel_of({{2, 8, 8, 4}, {3, 3, 2, 8}}, 2)->implementation() == "cuDNN");
  BOOST_TEST(kernel_of({{2, 8, 8, 1}, {3, 3, 1, 8}}, 1)->implementation() == "cuDNN");
  BOOST_TEST(kernel_of({{2, 8, 8, 4}, {8, 8, 1, 4}}, 4)->implementation() == "cuDNN");
}

BOOST_AUTO_TEST_CASE(nvrtc_compiles_all_kernels) {
  const cuda::OrReason<cuda::Nvrtc>& nvrtc = cuda::Nvrtc::instance();
  if (!nvrtc) {
    BOOST_TEST_MESSAGE("skipped: " << nvrtc.reason());
    return;
  }
  const cuda::Launch::Operand operand = cuda::Launch::input(0);
  // The second is large enough for indices of 64 bits.
  for (const Sizes& x : {Sizes{32, 64, 56, 56}, Sizes{512, 1024, 56, 56}}) {
    cuda::ConvProblem problem{.kind = cuda::ConvProblem::Kind::kForward,
                              .dtype = DType::kFloat32,
                              .x = x,
                              .kernel = {x[1], 1, 3, 3},
                              .y = x,
                              .strides = {1, 1},
                              .dilation = {1, 1},
                              .before = {1, 1},
                              .after = {1, 1}};
    for (const DType dtype : {DType::kFloat32, DType::kFloat64, DType::kFloat16, DType::kBFloat16}) {
      problem.dtype = dtype;
      for (const auto kind : {cuda::ConvProblem::Kind::kForward, cuda::ConvProblem::Kind::kInputGradient,
                              cuda::ConvProblem::Kind::kKernelGradient}) {
        problem.kind = kind;
        const cuda::ScratchLaunches all = cuda::depthwise_launches(problem, operand, operand, operand, 0);
        for (const cuda::Launch& launch : all.launches) {
          BOOST_TEST(!nvrtc->cubin_for(launch.text, launch.name, {9, 0}).empty());
        }
      }
    }
    for (const cuda::ComputeCapability capability : {cuda::ComputeCapability{8, 0}, {10, 0}}) {
      const cuda::Launch launch = cuda::depthwise_launches(problem, operand, operand, operand, 0).launches[0];
      BOOST_TEST(!nvrtc->cubin_for(launch.text, launch.name, capability).empty());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
