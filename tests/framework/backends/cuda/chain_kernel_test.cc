// Kernels of chains on a card: the emulated one, or this machine's.

#include <boost/test/unit_test.hpp>

#include "framework/elementwise_program.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"
#include "tests/support/kernel_test.h"

namespace cornu::test {

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_chain_kernel)

BOOST_AUTO_TEST_CASE(single_operations_equal_the_reference) {
  TestCard card;
  const Tensor x = uniform_float32({3, 5, 37}, 1);
  const Tensor row = uniform_float32({37}, 2);
  check_on_card(card, "add", {}, {x, row});
  check_on_card(card, "tanh", {}, {x}, 3e-7);
  check_on_card(card, "cast", {{"dtype", DType::kFloat16}}, {x});
  check_on_card(card, "less", {}, {x, row});
}

BOOST_AUTO_TEST_CASE(a_chain_is_one_launch) {
  TestCard card;
  const Tensor x = uniform_float32({1000, 33}, 1);
  ElementwiseProgram program;
  program.steps = {{"multiply", {0, 1}, DType::kFloat32}, {"relu", {2}, DType::kFloat32}};
  program.outputs = {3};
  const Attributes attributes{{"program", std::make_shared<const ElementwiseProgram>(program)}};
  const TensorSpecs specs{x.spec(), {{}, DType::kFloat32}};
  const auto kernel = compile_kernel_of(Backend::kCuda, {"fused_elementwise", attributes, specs, {&specs[0], 1}});
  BOOST_TEST_REQUIRE((kernel != nullptr));
  BOOST_TEST(kernel->implementation() == "elementwise_chain<<<33, 256>>>");
  BOOST_TEST(kernel->can_share(0, 0));
  BOOST_TEST(!kernel->can_share(1, 0));
  const Tensor y = run_on_card(card, *kernel, {x, Tensor::copy<float>({-2.0f}, {})}, {x.spec()})[0];
  for (std::size_t i = 0; i < x.data<float>().size(); ++i) {
    const float product = x.data<float>()[i] * -2.0f;
    BOOST_TEST_REQUIRE(y.data<float>()[i] == (product < 0 ? 0 : product));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
