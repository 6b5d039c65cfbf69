#include "framework/executor/passes/passes.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/ops/arithmetic.h"
#include "framework/ops/conv.h"
#include "framework/ops/exponential.h"
#include "framework/ops/matmul.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

namespace {

Variable weights(const Shape& shape, float first, float step) {
  std::vector<float> values(static_cast<std::size_t>(shape.num_elements()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = first + step * static_cast<float>(i % 7);
  return Variable(Tensor::copy(values, shape));
}

struct Network {
  Variable kernel = weights({3, 3, 2, 4}, -0.3F, 0.1F);
  Variable bias = weights({4}, 0.1F, 0.2F);
  Variable mean = weights({4}, -0.5F, 0.3F);
  Variable variance = weights({4}, 0.5F, 0.25F);
  Variable gamma = weights({4}, 1.5F, -0.2F);
  Variable beta = weights({4}, -1.0F, 0.5F);

  Tensor operator()(const Tensor& x) const {
    const Tensor y = ops::conv(x, kernel.value(), {.padding = "same"}) + bias.value();
    const Tensor scale = ops::rsqrt(variance.value() + 1e-3) * gamma.value();
    return y * scale + (beta.value() - mean.value() * scale);
  }
};

const TensorSpecs kImages{{{2, 5, 5, 2}, DType::kFloat32}};

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_executor_passes_fold_channel_scales)

BOOST_AUTO_TEST_CASE(batch_normalization_goes_into_kernel_and_bias) {
  const Network network;
  const Traced traced(kImages, [&](const Tensors& x) { return Tensors{network(x[0])}; });
  BOOST_TEST(joined(traced.compile()->step_operations()) == "fused_conv");
  std::vector<float> values(100);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 11) * 0.1F - 0.4F;
  const Tensor x = Tensor::copy(values, {2, 5, 5, 2});
  const Tensors result = traced.compile()->run({x});
  const Tensor expected = network(x);  // computed at once, operation by operation
  for (std::size_t i = 0; i < expected.data<float>().size(); ++i) {
    BOOST_TEST(std::abs(result[0].data<float>()[i] - expected.data<float>()[i]) < 1e-5F);
  }
}

BOOST_AUTO_TEST_CASE(a_product_with_a_matrix_is_scaled_alike) {
  const Variable kernel = weights({6, 4}, 0.0F, 0.1F);
  const Variable scale = weights({4}, 1.0F, 0.5F);
  const Traced traced({{{3, 6}, DType::kFloat32}},
                      [&](const Tensors& x) { return Tensors{ops::matmul(x[0], kernel.value()) * scale.value()}; });
  BOOST_TEST(joined(traced.compile()->step_operations()) == "matmul");
}

BOOST_AUTO_TEST_CASE(a_scale_that_depends_on_the_input_stays) {
  const Network network;
  const Traced traced({{{2, 5, 5, 2}, DType::kFloat32}, {{4}, DType::kFloat32}}, [&](const Tensors& x) {
    return Tensors{ops::conv(x[0], network.kernel.value(), {.padding = "same"}) * x[1]};
  });
  BOOST_TEST(joined(traced.compile()->step_operations()) == "conv multiply");
}

BOOST_AUTO_TEST_CASE(a_kernel_that_the_program_trains_stays) {
  const Network network;
  const Traced traced(kImages, [&](const Tensors& x) {
    const Tensor y = ops::conv(x[0], network.kernel.value(), {.padding = "same"}) * network.gamma.value();
    network.kernel.assign(network.kernel.value() * 0.5);
    return Tensors{y};
  });
  Ir ir = traced.ir();
  fold_channel_scales(ir);
  BOOST_TEST(joined(operations_of(ir)) == "conv multiply multiply");
}

BOOST_AUTO_TEST_CASE(sums_of_weights_come_to_an_end) {
  const Network network;
  const Traced traced({{{2, 4}, DType::kFloat32}}, [&](const Tensors& x) {
    return Tensors{x[0] + ((network.bias.value() + network.mean.value()) + network.beta.value())};
  });
  BOOST_TEST(joined(traced.compile()->step_operations()) == "add");
}

BOOST_AUTO_TEST_SUITE_END()
