#include "framework/executor/passes/passes.h"

#include <boost/test/unit_test.hpp>

#include "framework/ops/arithmetic.h"
#include "framework/ops/exponential.h"
#include "framework/ops/reduce.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

BOOST_AUTO_TEST_SUITE(framework_executor_passes_order_updates)

BOOST_AUTO_TEST_CASE(readers_of_a_variable_come_before_its_writer) {
  const Variable weight(Tensor::copy<float>({1, 2}, {2}));
  Ir ir = Traced({{{2}, DType::kFloat32}}, [&](const Tensors& x) {
            const Tensor old = weight.value();
            weight.assign(old - x[0]);
            return Tensors{ops::sum(ops::exp(old))};
          }).ir();
  BOOST_TEST(joined(operations_of(ir)) == "subtract exp sum");
  order_updates(ir);
  BOOST_TEST(joined(operations_of(ir)) == "exp subtract sum");
}

BOOST_AUTO_TEST_CASE(a_reader_that_needs_the_new_value_comes_after) {
  const Variable weight(Tensor::copy<float>({1, 2}, {2}));
  Ir ir = Traced({{{2}, DType::kFloat32}}, [&](const Tensors& x) {
            const Tensor old = weight.value();
            const Tensor updated = old - x[0];
            weight.assign(updated);
            return Tensors{updated * old};
          }).ir();
  order_updates(ir);
  BOOST_TEST(joined(operations_of(ir)) == "subtract multiply");
}

BOOST_AUTO_TEST_SUITE_END()
