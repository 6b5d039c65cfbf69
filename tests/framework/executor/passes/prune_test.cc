#include "framework/executor/passes/passes.h"

#include <boost/test/unit_test.hpp>

#include "framework/ops/arithmetic.h"
#include "framework/ops/exponential.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

BOOST_AUTO_TEST_SUITE(framework_executor_passes_prune)

BOOST_AUTO_TEST_CASE(removes_chains_that_nobody_uses) {
  Ir ir = Traced({{{4}, DType::kFloat32}}, [](const Tensors& x) { return Tensors{ops::exp(x[0])}; }).ir();
  // Two nodes that end in nothing: the second is dead, and with it the first.
  const int a = ir.add_value({IrValue::Kind::kComputed, ir.spec(ir.feeds[0]), {}, {}});
  const int b = ir.add_value({IrValue::Kind::kComputed, ir.spec(ir.feeds[0]), {}, {}});
  ir.nodes.push_back({&operation_named("negative"), {}, {ir.feeds[0]}, {a}});
  ir.nodes.push_back({&operation_named("square"), {}, {a}, {b}});
  prune(ir);
  BOOST_TEST(joined(operations_of(ir)) == "exp");
}

BOOST_AUTO_TEST_CASE(keeps_what_updates_need) {
  const Variable total(Tensor::copy<float>({0, 0}, {2}));
  Ir ir = Traced({{{2}, DType::kFloat32}}, [&](const Tensors& x) {
            total.assign(total.value() + x[0]);
            return Tensors{};
          }).ir();
  prune(ir);
  BOOST_TEST(joined(operations_of(ir)) == "add");
}

BOOST_AUTO_TEST_SUITE_END()
