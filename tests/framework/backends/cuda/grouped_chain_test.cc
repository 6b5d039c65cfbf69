// One chain on many tensors, on the emulated card or this machine's.

#include <boost/test/unit_test.hpp>

#include "framework/backends/cuda/launch.h"
#include "framework/elementwise_program.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"
#include "tests/framework/backends/cuda/emulation/nvrtc_check.h"
#include "tests/support/kernel_test.h"

namespace cornu::test {
namespace {

// variable - rate * gradient, and the gradient's half.
Attributes descent(std::int64_t count) {
  ElementwiseProgram program;
  program.steps = {
      {"multiply", {1, 2}, DType::kFloat32}, {"subtract", {0, 3}, DType::kFloat32}, {"add", {1, 1}, DType::kFloat32}};
  program.outputs = {4, 5};
  return {{"program", std::make_shared<const ElementwiseProgram>(program)}, {"count", count}};
}

struct Group {
  Tensors inputs;
  TensorSpecs specs;
  TensorSpecs outputs;
  Attributes attributes;
};

Group group_of(const std::vector<Shape>& shapes) {
  Group group;
  std::uint64_t seed = 1;
  for (const Shape& shape : shapes) {
    group.inputs.push_back(uniform_float32(shape, seed++));
    group.inputs.push_back(uniform_float32(shape, seed++));
    group.inputs.push_back(Tensor::copy<float>({0.5F}, {}));
    group.outputs.push_back({shape, DType::kFloat32});
    group.outputs.push_back({shape, DType::kFloat32});
  }
  for (const Tensor& input : group.inputs) group.specs.push_back(input.spec());
  group.attributes = descent(static_cast<std::int64_t>(shapes.size()));
  return group;
}

std::unique_ptr<Kernel> kernel_of(const Group& group) {
  return compile_kernel_of(Backend::kCuda, {"grouped_elementwise", group.attributes, group.specs, group.outputs});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_grouped_chain)

BOOST_AUTO_TEST_CASE(every_element_of_every_tensor_is_computed) {
  TestCard card;
  // More than a block takes, less than a pack, nothing, and ends of all lengths.
  const Group group = group_of({{40000}, {3}, {1}, {0}, {16384}, {16385}, {7, 11}});
  const auto kernel = kernel_of(group);
  BOOST_TEST_REQUIRE((kernel != nullptr));
  BOOST_TEST(kernel->implementation() == "grouped_chain<<<9, 256>>>");
  const Tensors results = run_on_card(card, *kernel, group.inputs, group.outputs);
  for (std::size_t member = 0; member < group.outputs.size() / 2; ++member) {
    const auto variable = group.inputs[member * 3].data<float>();
    const auto gradient = group.inputs[member * 3 + 1].data<float>();
    const auto updated = results[member * 2].data<float>();
    const auto twice = results[member * 2 + 1].data<float>();
    for (std::size_t i = 0; i < variable.size(); ++i) {
      BOOST_TEST_REQUIRE(updated[i] == variable[i] - 0.5F * gradient[i]);
      BOOST_TEST_REQUIRE(twice[i] == gradient[i] + gradient[i]);
    }
  }
}

BOOST_AUTO_TEST_CASE(results_may_lie_where_their_own_tensors_inputs_lie) {
  const auto kernel = kernel_of(group_of({{5}, {5}}));
  BOOST_TEST(kernel->can_share(0, 0));
  BOOST_TEST(kernel->can_share(1, 1));
  BOOST_TEST(kernel->can_share(3, 2));
  BOOST_TEST(!kernel->can_share(2, 0));
  BOOST_TEST(!kernel->can_share(3, 0));
}

BOOST_AUTO_TEST_CASE(more_addresses_than_a_kernel_takes_are_more_launches) {
  const auto kernel = kernel_of(group_of(std::vector<Shape>(1000, {2})));
  const std::vector<const cuda::Launch*> launches = cuda::launches_of(*kernel);
  BOOST_TEST_REQUIRE(launches.size() == 2u);
  BOOST_TEST(launches[0]->operands.size() == 4095u);
  BOOST_TEST(launches[1]->operands.size() == 905u);
  BOOST_TEST(launches[1]->operands[0].index == 819u * 3);
}

BOOST_AUTO_TEST_CASE(nvrtc_compiles_it) {
  const Group group = group_of(std::vector<Shape>(819, {2}));
  check_nvrtc_compiles("grouped_elementwise", group.attributes, group.specs, group.outputs, kEveryCard);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
