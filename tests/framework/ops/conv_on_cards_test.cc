// Convolutions in a program that a card runs: at once, while it is recorded, and replayed.

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/device.h"
#include "framework/executor/program.h"
#include "framework/gradients.h"
#include "framework/ops/activation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/conv.h"
#include "framework/ops/reduce.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"
#include "tests/support/kernel_test.h"
#include "tests/support/traced.h"

namespace cornu::test {
namespace {

// A convolution with bias and relu, one with strides on top of it, and the gradients of both.
Tensors two_layers(const Tensors& inputs) {
  const Tensor& x = inputs[0];
  const Tensors weights(inputs.begin() + 1, inputs.end());
  const Tensor hidden = ops::relu(ops::conv(x, weights[0], {.padding = "same"}) + weights[1]);
  const Tensor y = ops::conv(hidden, weights[2], {.strides = {2}, .padding = "same"}) + weights[3];
  Tensors results = gradients({ops::sum(y * y)}, weights);
  results.push_back(y);
  return results;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_ops_conv_on_cards)

BOOST_AUTO_TEST_CASE(a_card_trains_as_the_cpu_does) {
  const Tensors inputs{uniform_float32({4, 8, 8, 3}, 1), uniform_float32({3, 3, 3, 8}, 2), uniform_float32({8}, 3),
                       uniform_float32({3, 3, 8, 4}, 4), uniform_float32({4}, 5)};
  TensorSpecs specs;
  for (const Tensor& input : inputs) specs.push_back(input.spec());
  const Traced traced(specs, two_layers);
  const Tensors expected = traced.compile()->run(inputs);
  TestCard card;
  set_default_device("gpu:0");
  const auto program = traced.compile();
  BOOST_TEST(program->device() == "gpu:0");
  for (int run = 0; run < 3; ++run) {
    const Tensors actual = program->run(inputs);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const std::vector<double> values = actual[i].to_vector<double>();
      const std::vector<double> wanted = expected[i].to_vector<double>();
      for (std::size_t j = 0; j < wanted.size(); ++j) {
        BOOST_TEST_REQUIRE(
            std::abs(values[j] - wanted[j]) <= 1e-4 + 1e-5 * std::abs(wanted[j]),
            "run " << run << ", result " << i << ", element " << j << ": " << values[j] << " instead of " << wanted[j]);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
