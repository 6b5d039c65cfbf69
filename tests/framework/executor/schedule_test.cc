#include "framework/executor/schedule.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "framework/ops/activation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/conv.h"
#include "tests/support/kernel_test.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

namespace {

constexpr std::int64_t kChannels = 32;
constexpr std::size_t kImageBytes = 4 * 16 * 16 * kChannels * sizeof(float);

// Images, and kernels of a window of that size for a way around a layer, the layer, and the one that comes next.
Tensors operands_of(std::int64_t window) {
  Tensors operands{uniform_float32({4, 16, 16, kChannels}, 1)};
  for (std::uint64_t k = 0; k < 3; ++k)
    operands.push_back(uniform_float32({window, window, kChannels, kChannels}, 2 + k));
  return operands;
}

Tensor layer(const Tensor& x, const Tensor& kernel) { return ops::conv(x, kernel, {.padding = "same"}); }

Tensors residual(const Tensors& operands) {
  const Tensor shortcut = layer(operands[0], operands[1]);
  return {layer(ops::relu(layer(operands[0], operands[2]) + shortcut), operands[3])};
}

std::shared_ptr<Program> compiled(const Tensors& operands, const std::function<Tensors(const Tensors&)>& function) {
  TensorSpecs specs;
  for (const Tensor& operand : operands) specs.push_back(operand.spec());
  return Traced(specs, function).compile();
}

// A program gives what the operations give one by one: each result is two or three sums of at most 288 products.
void check_results(const Tensors& operands, const std::function<Tensors(const Tensors&)>& function) {
  const Tensors expected = function(operands);
  const Tensors results = compiled(operands, function)->run(operands);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    double difference = 0.0;
    for (std::size_t e = 0; e < expected[i].data<float>().size(); ++e) {
      const double value = expected[i].data<float>()[e];
      difference = std::max(difference, std::abs(static_cast<double>(results[i].data<float>()[e]) - value));
    }
    BOOST_TEST(difference < 1e-2);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_executor_schedule)

BOOST_AUTO_TEST_CASE(a_convolution_writes_over_what_it_adds) {
  const auto program = compiled(operands_of(1), residual);
  BOOST_TEST(joined(program->step_operations()).find("fused_conv") != std::string::npos);
  BOOST_TEST(program->arena_bytes() < 2 * kImageBytes);
  for (const std::int64_t window : {1, 3}) check_results(operands_of(window), residual);
}

BOOST_AUTO_TEST_CASE(what_is_read_again_is_not_written_over) {
  const auto read_again = [](const Tensors& operands) {
    const Tensor shortcut = layer(operands[0], operands[1]);
    const Tensor sum = ops::relu(layer(operands[0], operands[2]) + shortcut);
    return Tensors{layer(sum, operands[3]), layer(shortcut, operands[3])};
  };
  const auto fetched = [](const Tensors& operands) {
    const Tensor shortcut = layer(operands[0], operands[1]);
    return Tensors{layer(ops::relu(layer(operands[0], operands[2]) + shortcut), operands[3]), shortcut};
  };
  const auto convolved_and_added = [](const Tensors& operands) {
    const Tensor x = layer(operands[0], operands[1]);
    return Tensors{layer(ops::relu(layer(x, operands[2]) + x), operands[3])};
  };
  const auto given = [](const Tensors& operands) {
    return Tensors{layer(ops::relu(layer(operands[0], operands[2]) + operands[0]), operands[3])};
  };
  for (const std::int64_t window : {1, 3}) {
    check_results(operands_of(window), read_again);
    check_results(operands_of(window), fetched);
    check_results(operands_of(window), convolved_and_added);
    check_results(operands_of(window), given);
  }
}

BOOST_AUTO_TEST_SUITE_END()
