#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "framework/autodiff/gradient_tape.h"
#include "framework/executor/passes/passes.h"
#include "framework/gradients.h"
#include "framework/ops/activation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/pool.h"
#include "framework/ops/reduce.h"
#include "tests/support/gradient_check.h"
#include "tests/support/kernel_check.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

namespace {

struct Pooling {
  std::vector<std::int64_t> window;
  std::vector<std::int64_t> strides;
  const char* padding;
};

// With and without overlap, gaps and padding.
const Pooling kPoolings[] = {
    {{2, 2}, {2, 2}, "valid"}, {{3, 3}, {2, 2}, "same"}, {{3, 2}, {1, 2}, "valid"}, {{2, 2}, {3, 3}, "valid"}};

using Activation = Tensor (*)(const Tensor&);

Tensor network(const Tensors& in, Activation activation, const Pooling& pooling) {
  const Tensor y = ops::max_pool(activation(in[0] + in[1]), pooling.window,
                                 {.strides = pooling.strides, .padding = pooling.padding});
  return ops::sum(y * y);
}

// The gradients of an input and of a bias before an activation and a pooling.
Traced traced(Activation activation, const Pooling& pooling) {
  const TensorSpecs specs{{{3, 8, 9, 5}, DType::kFloat32}, {{5}, DType::kFloat32}};
  return Traced(specs, [&](const Tensors& in) { return gradients({network(in, activation, pooling)}, in); });
}

Ir shrunk(const Traced& network) {
  Ir ir = network.ir();
  simplify(ir);
  shrink_pool_gradients(ir);
  return ir;
}

Tensor clipped(const Tensor& x) { return ops::minimum(ops::relu(x), 0.6F); }

// The inputs of the sum that is the bias's gradient, and of all products and choices behind the gradient of the
// pooling.
std::int64_t size_behind(const Ir& ir, const std::string& operation) {
  bool is_behind = false;
  for (const IrNode& node : ir.nodes) {
    if (is_behind && node.operation->name == operation) return ir.spec(node.inputs[0]).shape.num_elements();
    if (node.operation->name == "max_pool") is_behind = true;
  }
  return 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_executor_passes_shrink_pool_gradients)

BOOST_AUTO_TEST_CASE(results_stay_as_they_are) {
  const Tensors inputs{uniform({3, 8, 9, 5}, 1), uniform({5}, 2)};
  const Tensors rounded{as_float32(inputs[0]), as_float32(inputs[1])};
  for (const Pooling& pooling : kPoolings) {
    for (const Activation activation : {Activation{ops::relu}, Activation{ops::tanh}, Activation{clipped}}) {
      const GradientTape tape;
      const Tensors expected = tape.gradient(network(inputs, activation, pooling), inputs);
      const Tensors actual = traced(activation, pooling).compile()->run(rounded);
      for (std::size_t i = 0; i < 2; ++i) check_close(actual[i], as_float32(expected[i]), 1e-5, 1e-5);
    }
  }
}

BOOST_AUTO_TEST_CASE(masks_factors_and_sums_have_one_element_a_window) {
  constexpr std::int64_t kWindows = 3 * 4 * 4 * 5;
  constexpr std::int64_t kElements = 3 * 8 * 9 * 5;
  const Ir mask = shrunk(traced(ops::relu, kPoolings[0]));
  BOOST_TEST(size_behind(mask, "where") == kWindows);
  BOOST_TEST(size_behind(mask, "max_pool_gradient") == kElements);
  const Ir factor = shrunk(traced(ops::tanh, kPoolings[0]));
  BOOST_TEST(size_behind(factor, "max_pool_gradient") == kElements);
  for (const Ir* ir : {&mask, &factor}) {
    const IrNode& last_sum = *std::find_if(ir->nodes.rbegin(), ir->nodes.rend(),
                                           [](const IrNode& node) { return node.operation->name == "sum"; });
    BOOST_TEST(ir->spec(last_sum.inputs[0]).shape.num_elements() == kWindows);
  }
}

BOOST_AUTO_TEST_CASE(what_follows_from_something_else_stays_behind) {
  const Ir ir = shrunk(traced(clipped, kPoolings[0]));
  const IrNode& last_choice = *std::find_if(ir.nodes.rbegin(), ir.nodes.rend(),
                                            [](const IrNode& node) { return node.operation->name == "where"; });
  BOOST_TEST(ir.spec(last_choice.outputs[0]).shape.num_elements() == 3 * 8 * 9 * 5);
}

BOOST_AUTO_TEST_SUITE_END()
