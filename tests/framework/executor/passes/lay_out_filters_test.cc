#include <boost/test/unit_test.hpp>

#include "framework/executor/passes/passes.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/conv.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

namespace {

using Integers = std::vector<std::int64_t>;

const TensorSpec kImages{{2, 6, 6, 3}, DType::kFloat32};
const TensorSpec kMaps{{2, 6, 6, 8}, DType::kFloat32};

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_executor_passes_lay_out_filters)

BOOST_AUTO_TEST_CASE(a_convolution_and_its_gradient_share_one_transposed_kernel) {
  Ir ir = Traced({kImages, {{3, 3, 3, 8}, DType::kFloat32}}, [](const Tensors& x) {
            const Tensor y = ops::conv(x[0], x[1], {.padding = "same"});
            return Tensors{y, ops::conv_input_gradient(y, x[1], {6, 6}, {.padding = "same"})};
          }).ir();
  lay_out_filters(ir);
  BOOST_TEST_REQUIRE(joined(operations_of(ir)) == "transpose conv conv_input_gradient");
  const int filters = ir.nodes[0].outputs[0];
  BOOST_TEST((ir.spec(filters).shape == Shape{8, 3, 3, 3}));
  BOOST_TEST((ir.nodes[0].attributes.integers("permutation") == Integers{3, 0, 1, 2}));
  for (std::size_t n = 1; n < 3; ++n) {
    BOOST_TEST(ir.nodes[n].inputs[1] == filters);
    BOOST_TEST(ir.nodes[n].attributes.flag("filters_first"));
  }
}

BOOST_AUTO_TEST_CASE(the_gradient_of_a_kernel_is_transposed_back) {
  Ir ir = Traced({kImages, kMaps}, [](const Tensors& x) {
            return Tensors{ops::conv_kernel_gradient(x[0], x[1], {3, 3}, {.padding = "same"})};
          }).ir();
  const int fetched = ir.fetches[0];
  lay_out_filters(ir);
  BOOST_TEST_REQUIRE(joined(operations_of(ir)) == "conv_kernel_gradient transpose");
  BOOST_TEST((ir.spec(ir.nodes[0].outputs[0]).shape == Shape{8, 3, 3, 3}));
  BOOST_TEST((ir.nodes[1].attributes.integers("permutation") == Integers{1, 2, 3, 0}));
  BOOST_TEST(ir.nodes[1].outputs[0] == fetched);
}

BOOST_AUTO_TEST_CASE(a_kernel_that_is_the_same_memory_both_ways_stays) {
  Ir ir = Traced({{{2, 6, 6, 1}, DType::kFloat32}, {{1, 1, 1, 8}, DType::kFloat32}, {{3, 3, 1, 1}, DType::kFloat32}},
                 [](const Tensors& x) {
                   return Tensors{ops::conv(x[0], x[1], {}), ops::conv(x[0], x[2], {})};
                 })
              .ir();
  lay_out_filters(ir);
  BOOST_TEST(joined(operations_of(ir)) == "conv conv");
}

BOOST_AUTO_TEST_CASE(once_is_enough) {
  Ir ir =
      Traced({kImages, {{3, 3, 3, 8}, DType::kFloat32}, kMaps}, [](const Tensors& x) {
        return Tensors{ops::conv(x[0], x[1], {}), ops::conv_kernel_gradient(x[0], x[2], {3, 3}, {.padding = "same"})};
      }).ir();
  lay_out_filters(ir);
  const std::string first = joined(operations_of(ir));
  lay_out_filters(ir);
  BOOST_TEST(joined(operations_of(ir)) == first);
}

BOOST_AUTO_TEST_CASE(a_kernel_with_one_channel_a_group_stays) {
  Ir ir = Traced({{{2, 6, 6, 8}, DType::kFloat32}, {{3, 3, 1, 16}, DType::kFloat32}}, [](const Tensors& x) {
            return Tensors{ops::conv(x[0], x[1], {.groups = 8})};
          }).ir();
  lay_out_filters(ir);
  BOOST_TEST(joined(operations_of(ir)) == "conv");
}

// In inference a kernel is transposed once.
BOOST_AUTO_TEST_CASE(of_weights_that_stay_the_prologue_transposes) {
  const Variable kernel(Tensor::copy(std::vector<float>(216, 1.0F), {3, 3, 3, 8}));
  Ir ir = Traced({kImages}, [&](const Tensors& x) { return Tensors{ops::conv(x[0], kernel.value(), {})}; }).ir();
  ir.backend = Backend::kCuda;
  lay_out_filters(ir);
  hoist_weights(ir);
  BOOST_TEST(joined(operations_of(ir)) == "conv");
  BOOST_TEST_REQUIRE((ir.prologue != nullptr));
  BOOST_TEST(joined(operations_of(*ir.prologue)) == "transpose");
  BOOST_TEST((ir.prologue->backend == Backend::kCuda));
}

BOOST_AUTO_TEST_SUITE_END()
