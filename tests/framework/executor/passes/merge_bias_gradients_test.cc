#include "framework/executor/passes/passes.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/ops/arithmetic.h"
#include "framework/ops/conv.h"
#include "framework/ops/matmul.h"
#include "framework/ops/reduce.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

namespace {

const TensorSpecs kSpecs{{{2, 6, 6, 3}, DType::kFloat32}, {{2, 6, 6, 8}, DType::kFloat32}};

Tensors gradients(const Tensors& x) {
  return {ops::conv_kernel_gradient(x[0], x[1], {3, 3}, {.padding = "same"}), ops::sum(x[1], {.axis = {0, 1, 2}})};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_executor_passes_merge_bias_gradients)

BOOST_AUTO_TEST_CASE(kernel_and_bias_become_one_node_with_the_same_results) {
  const Traced traced(kSpecs, gradients);
  Ir ir = traced.ir();
  merge_bias_gradients(ir);
  BOOST_TEST(joined(operations_of(ir)) == "conv_kernel_bias_gradient");
  std::vector<float> x(2 * 6 * 6 * 3);
  std::vector<float> y(2 * 6 * 6 * 8);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % 13) * 0.1F;
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = static_cast<float>(i % 9) * 0.1F - 0.4F;
  const Tensors inputs{Tensor::copy(x, kSpecs[0].shape), Tensor::copy(y, kSpecs[1].shape)};
  const Tensors result = traced.compile()->run(inputs);
  const Tensors expected = gradients(inputs);
  for (std::size_t output = 0; output < 2; ++output) {
    BOOST_TEST(result[output].shape() == expected[output].shape());
    for (std::size_t i = 0; i < expected[output].data<float>().size(); ++i) {
      BOOST_TEST(std::abs(result[output].data<float>()[i] - expected[output].data<float>()[i]) < 1e-4F);
    }
  }
}

// As the gradient of an addition leaves it.
BOOST_AUTO_TEST_CASE(a_sum_that_keeps_axes_of_one_element_is_merged) {
  Ir ir = Traced(kSpecs, [](const Tensors& x) {
            return Tensors{ops::conv_kernel_gradient(x[0], x[1], {3, 3}, {.padding = "same"}),
                           ops::sum(x[1], {.axis = {0, 1, 2}, .keepdims = true})};
          }).ir();
  merge_bias_gradients(ir);
  BOOST_TEST(joined(operations_of(ir)) == "conv_kernel_bias_gradient");
  BOOST_TEST(ir.spec(ir.nodes[0].outputs[1]).shape == (Shape{1, 1, 1, 8}));
}

BOOST_AUTO_TEST_CASE(a_sum_over_other_axes_stays) {
  Ir ir = Traced(kSpecs, [](const Tensors& x) {
            return Tensors{ops::conv_kernel_gradient(x[0], x[1], {3, 3}, {.padding = "same"}),
                           ops::sum(x[1], {.axis = {0, 1, 3}})};
          }).ir();
  merge_bias_gradients(ir);
  BOOST_TEST(joined(operations_of(ir)) == "conv_kernel_gradient sum");
}

BOOST_AUTO_TEST_CASE(on_cards_those_of_a_dense_layer_are_merged_too) {
  const auto gradients_of = [](Backend backend, const std::vector<std::int64_t>& axes) {
    Ir ir = Traced({{{6, 4}, DType::kFloat32}, {{6, 3}, DType::kFloat32}}, [&](const Tensors& x) {
              return Tensors{ops::matmul(x[0], x[1], {.transpose_x = true}), ops::sum(x[1], {.axis = axes})};
            }).ir();
    ir.backend = backend;
    merge_bias_gradients(ir);
    return joined(operations_of(ir));
  };
  BOOST_TEST(gradients_of(Backend::kCuda, {0}) == "matmul_and_sum");
  BOOST_TEST(gradients_of(Backend::kCuda, {1}) == "matmul sum");
  BOOST_TEST(gradients_of(Backend::kCpu, {0}) == "matmul sum");
}

BOOST_AUTO_TEST_SUITE_END()
