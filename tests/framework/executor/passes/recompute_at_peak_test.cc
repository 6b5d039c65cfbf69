#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "framework/executor/passes/elementwise_chain.h"
#include "framework/executor/passes/passes.h"
#include "framework/ops/activation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/comparison.h"
#include "framework/ops/exponential.h"
#include "framework/ops/matmul.h"
#include "framework/ops/reshape.h"
#include "framework/ops/special.h"
#include "framework/ops/where.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

namespace {

constexpr std::int64_t kColumns = 512;

TensorSpecs specs(std::int64_t rows) {
  return {{{rows, kColumns}, DType::kFloat32}, {{kColumns, kColumns}, DType::kFloat32}};
}

Ir fused(const Traced& traced) {
  Ir ir = traced.ir();
  recompute_elementwise(ir);
  fuse_elementwise(ir);
  return ir;
}

// The node that makes what the n-th matrix product reads.
const IrNode& maker_of_operand(const Ir& ir, std::size_t n) {
  std::vector<const IrNode*> products;
  for (const IrNode& node : ir.nodes) {
    if (node.operation->name == "matmul") products.push_back(&node);
  }
  const std::vector<int> producer = ir.producers();
  int value = products.at(n)->inputs[0];
  const auto maker = [&]() -> const IrNode& {
    return ir.nodes[static_cast<std::size_t>(producer.at(static_cast<std::size_t>(value)))];
  };
  while (maker().operation->is_view) value = maker().inputs[0];
  return maker();
}

// A layer relu(x . w) within others, and its gradients. Most is held between the two.
Tensors relu_and_gradient(const Tensors& feeds) {
  const Tensor y = ops::relu(ops::matmul(feeds[0], feeds[1]));
  const Tensor dy = ops::matmul(ops::square(ops::matmul(y, feeds[1])), feeds[1]);
  const Tensor dw = ops::matmul(y, dy, {.transpose_x = true});
  const Tensor dx = ops::where(ops::greater(y, 0.0F), dy, 0.0F);
  return {dw, ops::matmul(dx, feeds[1])};
}

// The same with an activation whose gradient needs what it was applied to.
Tensors gelu_and_gradient(const Tensors& feeds) {
  const std::int64_t rows = feeds[0].shape()[0];
  const Tensor x = ops::matmul(feeds[0], feeds[1]);
  const Tensor probability = (ops::erf(x * 0.70710678F) + 1.0F) * 0.5F;
  const Tensor y = ops::reshape(x * probability, {2, rows / 2, kColumns});
  const Tensor dz = ops::square(ops::matmul(ops::reshape(y, {rows, kColumns}), feeds[1]));
  const Tensor dy = ops::matmul(dz, feeds[1]);
  const Tensor dw = ops::matmul(ops::reshape(y, {rows, kColumns}), dz, {.transpose_x = true});
  const Tensor density = ops::exp(ops::square(x) * -0.5F) * 0.39894228F;
  return {dw, ops::matmul(dy * probability + dy * x * density, feeds[1])};
}

// Small numbers, so that sums of many of their products are about 1.
Tensors small_values(std::int64_t rows) {
  Tensors tensors;
  for (const TensorSpec& spec : specs(rows)) {
    std::vector<float> values(static_cast<std::size_t>(spec.shape.num_elements()));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.08F * std::sin(static_cast<float>(i * i % 9973));
    tensors.push_back(Tensor::copy(values, spec.shape));
  }
  return tensors;
}

// A program gives what the operations give one by one, up to the rounding of sums of 512 products in another order.
template <typename F> void check_results(const F& function) {
  constexpr std::int64_t kRows = 1024;
  const Tensors feeds = small_values(kRows);
  const Tensors expected = function(feeds);
  const Tensors results = Traced(specs(kRows), function).compile()->run(feeds);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    double largest = 0.0;
    double difference = 0.0;
    for (std::size_t e = 0; e < expected[i].data<float>().size(); ++e) {
      largest = std::max(largest, std::abs(static_cast<double>(expected[i].data<float>()[e])));
      difference = std::max(difference, std::abs(static_cast<double>(expected[i].data<float>()[e]) -
                                                 static_cast<double>(results[i].data<float>()[e])));
    }
    BOOST_TEST(largest > 0.0);
    BOOST_TEST(difference < 1e-4 * largest);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_executor_passes_recompute_at_peak)

BOOST_AUTO_TEST_CASE(the_mask_of_a_relu_is_not_kept_for_its_gradient) {
  Ir ir = fused(Traced(specs(1024), relu_and_gradient));
  BOOST_TEST(maker_of_operand(ir, 1).outputs.size() == 2U);  // the result, and the mask
  recompute_at_peak(ir);
  BOOST_TEST(maker_of_operand(ir, 1).outputs.size() == 1U);
  BOOST_TEST(joined(operations_of(ir)) ==
             "matmul fused_elementwise matmul square matmul matmul fused_elementwise matmul");
  check_results(relu_and_gradient);
}

BOOST_AUTO_TEST_CASE(an_activation_is_computed_again_in_the_chain_of_its_gradient) {
  Ir ir = fused(Traced(specs(1024), gelu_and_gradient));
  BOOST_TEST(&maker_of_operand(ir, 1) == &maker_of_operand(ir, 3));
  recompute_at_peak(ir);
  // The gradient of the kernel reads, after that chain, what it gives besides the gradient of the activation.
  const IrNode& again = maker_of_operand(ir, 3);
  BOOST_TEST(&maker_of_operand(ir, 1) != &again);
  BOOST_TEST(again.outputs.size() == 2U);
  // The error function is needed for both, and taken once.
  const ElementwiseProgram program = ElementwiseChain::of(ir, again).program;
  BOOST_TEST(std::count_if(program.steps.begin(), program.steps.end(),
                           [](const auto& step) { return step.operation == "erf"; }) == 1);
  check_results(gelu_and_gradient);
}

BOOST_AUTO_TEST_CASE(a_program_works_in_less_memory) {
  // 2 MiB a matrix: what the layer was applied to, two others, and not its result.
  const auto program = Traced(specs(1024), gelu_and_gradient).compile();
  BOOST_TEST(program->arena_bytes() < 4U * 1024 * kColumns * sizeof(float));
}

BOOST_AUTO_TEST_CASE(small_values_are_kept) {
  for (const auto& function : {relu_and_gradient, gelu_and_gradient}) {
    Ir ir = fused(Traced(specs(64), function));
    const std::string before = ir.to_string();
    recompute_at_peak(ir);
    BOOST_TEST(ir.to_string() == before);
  }
}

BOOST_AUTO_TEST_CASE(what_would_need_a_value_that_is_gone_is_kept) {
  Ir ir = fused(Traced(specs(1024), [](const Tensors& feeds) {
    const Tensor y = ops::tanh(ops::matmul(feeds[0], feeds[1]));
    const Tensor dy = ops::matmul(ops::square(ops::matmul(y, feeds[1])), feeds[1]);
    return Tensors{ops::matmul(dy * (1.0F - ops::square(y)), feeds[1])};
  }));
  const std::string before = ir.to_string();
  recompute_at_peak(ir);
  BOOST_TEST(ir.to_string() == before);
}

BOOST_AUTO_TEST_CASE(what_leaves_the_program_is_kept) {
  Ir ir = fused(Traced(specs(1024), [](const Tensors& feeds) {
    const Tensor y = ops::relu(ops::matmul(feeds[0], feeds[1]));
    const Tensor mask = ops::greater(y, 0.0F);
    const Tensor dy = ops::matmul(ops::square(ops::matmul(y, feeds[1])), feeds[1]);
    return Tensors{mask, ops::matmul(y, dy, {.transpose_x = true}), ops::where(mask, dy, 0.0F)};
  }));
  const std::string before = ir.to_string();
  recompute_at_peak(ir);
  BOOST_TEST(ir.to_string() == before);
}

BOOST_AUTO_TEST_SUITE_END()
