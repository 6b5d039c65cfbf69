#include "framework/executor/passes/passes.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/exponential.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

BOOST_AUTO_TEST_SUITE(framework_executor_passes_fold_constants)

BOOST_AUTO_TEST_CASE(computes_what_follows_from_constants) {
  const Tensor two = Tensor::copy<float>({2, 2}, {2});
  const Tensor three = Tensor::copy<float>({3, 3}, {2});
  Traced traced({{{2}, DType::kFloat32}}, [&](const Tensors& x) {
    // Through a constant node of the graph, so that nothing is computed while tracing.
    return Tensors{x[0] * ops::exp(ops::negative(two * three))};
  });
  Ir ir = traced.ir();
  fold_constants(ir);
  prune(ir);
  BOOST_TEST(joined(operations_of(ir)) == "multiply");
  const Tensors result = traced.compile()->run({Tensor::copy<float>({1, 2}, {2})});
  BOOST_TEST(result[0].data<float>()[1] == 2.0F * std::exp(-6.0F), boost::test_tools::tolerance(1e-6F));
}

BOOST_AUTO_TEST_CASE(leaves_what_would_grow_in_memory) {
  // A quarter of a million floats from one: cheaper to make in each run than to keep.
  const auto small = Tensor::copy<float>({1}, {1});
  Ir ir = Traced({{{1}, DType::kFloat32}}, [&](const Tensors& x) { return Tensors{x[0] + 1.0}; }).ir();
  const int constant = ir.add_constant(small);
  const int large = ir.add_value({IrValue::Kind::kComputed, {{512, 512}, DType::kFloat32}, {}, {}});
  ir.nodes.push_back(
      {&operation_named("broadcast_to"), {{"shape", std::vector<std::int64_t>{512, 512}}}, {constant}, {large}});
  ir.fetches.push_back(large);
  fold_constants(ir);
  BOOST_TEST(joined(operations_of(ir)) == "add broadcast_to");
}

BOOST_AUTO_TEST_SUITE_END()
