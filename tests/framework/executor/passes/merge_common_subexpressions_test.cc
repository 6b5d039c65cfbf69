#include "framework/executor/passes/passes.h"

#include <boost/test/unit_test.hpp>

#include "framework/ops/arithmetic.h"
#include "framework/ops/exponential.h"
#include "framework/ops/reduce.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

BOOST_AUTO_TEST_SUITE(framework_executor_passes_merge_common_subexpressions)

BOOST_AUTO_TEST_CASE(computes_the_same_once) {
  Ir ir = Traced({{{4}, DType::kFloat32}}, [](const Tensors& x) {
            return Tensors{ops::exp(x[0]) + 1.0, ops::exp(x[0]) * 2.0};
          }).ir();
  merge_common_subexpressions(ir);
  BOOST_TEST(joined(operations_of(ir)) == "exp add multiply");
}

BOOST_AUTO_TEST_CASE(tells_attributes_apart) {
  Ir ir = Traced({{{4, 4}, DType::kFloat32}}, [](const Tensors& x) {
            return Tensors{ops::sum(x[0], {.axis = {0}}), ops::sum(x[0], {.axis = {1}})};
          }).ir();
  const std::size_t before = ir.nodes.size();
  merge_common_subexpressions(ir);
  BOOST_TEST(ir.nodes.size() == before);
}

BOOST_AUTO_TEST_CASE(merges_small_constants_with_equal_bytes) {
  Ir ir = Traced({{{4}, DType::kFloat32}}, [](const Tensors& x) {
            return Tensors{x[0] * Tensor::copy<float>({2}, {1}), x[0] * Tensor::copy<float>({2}, {1})};
          }).ir();
  merge_common_subexpressions(ir);
  BOOST_TEST(joined(operations_of(ir)) == "multiply");
}

BOOST_AUTO_TEST_SUITE_END()
