#include "framework/executor/passes/passes.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/elementwise_program.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/exponential.h"
#include "framework/ops/reduce.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

BOOST_AUTO_TEST_SUITE(framework_executor_passes_fuse_elementwise)

BOOST_AUTO_TEST_CASE(a_chain_becomes_one_node_with_the_same_result) {
  const Traced traced({{{3, 5}, DType::kFloat32}},
                      [](const Tensors& x) { return Tensors{ops::exp(ops::negative(x[0])) * x[0] + 1.0}; });
  Ir ir = traced.ir();
  fuse_elementwise(ir);
  BOOST_TEST(joined(operations_of(ir)) == "fused_elementwise");
  const std::vector<float> values{0, 1, 2, 3, 4, 5, -1, -2, -3, -4, -5, 0.5F, 0.25F, 0.125F, 8};
  const Tensors result = traced.compile()->run({Tensor::copy(values, {3, 5})});
  for (std::size_t i = 0; i < values.size(); ++i) {
    BOOST_TEST(result[0].data<float>()[i] == std::exp(-values[i]) * values[i] + 1.0F,
               boost::test_tools::tolerance(1e-5F));
  }
}

BOOST_AUTO_TEST_CASE(does_not_fuse_around_what_needs_the_whole) {
  // The sum needs all of the exponential, and the quotient needs the sum: one node for both ends would be a circle.
  Ir ir = Traced({{{8}, DType::kFloat32}}, [](const Tensors& x) {
            const Tensor e = ops::exp(x[0]);
            return Tensors{e / ops::sum(e, {.keepdims = true})};
          }).ir();
  fuse_elementwise(ir);
  BOOST_TEST(joined(operations_of(ir)) == "exp sum divide");
}

BOOST_AUTO_TEST_CASE(values_that_others_use_leave_the_node) {
  const Traced traced({{{4}, DType::kFloat32}}, [](const Tensors& x) {
    const Tensor e = ops::exp(x[0]);
    return Tensors{e, e * 2.0};
  });
  Ir ir = traced.ir();
  fuse_elementwise(ir);
  BOOST_REQUIRE(ir.nodes.size() == 1);
  BOOST_TEST(ir.nodes[0].outputs.size() == 2);
  const Tensors result = traced.compile()->run({Tensor::copy<float>({0, 0, 0, 0}, {4})});
  BOOST_TEST(result[0].data<float>()[3] == 1.0F);
  BOOST_TEST(result[1].data<float>()[3] == 2.0F);
}

BOOST_AUTO_TEST_SUITE_END()
