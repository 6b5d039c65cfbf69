#include "framework/executor/passes/passes.h"

#include <boost/test/unit_test.hpp>

#include "framework/ops/arithmetic.h"
#include "framework/ops/exponential.h"
#include "framework/ops/matmul.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

BOOST_AUTO_TEST_SUITE(framework_executor_passes_hoist_weights)

BOOST_AUTO_TEST_CASE(what_follows_from_weights_goes_to_the_prologue) {
  const Variable gain(Tensor::copy<float>({0, 1}, {2}));
  Ir ir =
      Traced({{{2}, DType::kFloat32}}, [&](const Tensors& x) { return Tensors{x[0] * ops::exp(gain.value())}; }).ir();
  hoist_weights(ir);
  BOOST_TEST(joined(operations_of(ir)) == "multiply");
  BOOST_REQUIRE(ir.prologue);
  BOOST_TEST(joined(operations_of(*ir.prologue)) == "exp");
}

BOOST_AUTO_TEST_CASE(a_written_weight_is_followed_at_the_next_run) {
  const Variable gain(Tensor::copy<float>({0, 0}, {2}));
  const auto program = Traced({{{2}, DType::kFloat32}}, [&](const Tensors& x) {
                         return Tensors{x[0] * ops::exp(gain.value())};
                       }).compile();
  const Tensor x = Tensor::copy<float>({1, 3}, {2});
  BOOST_TEST(program->run({x})[0].data<float>()[1] == 3.0F);
  BOOST_TEST(program->run({x})[0].data<float>()[1] == 3.0F);
  gain.assign(Tensor::copy<float>({1, 1}, {2}));
  BOOST_TEST(program->run({x})[0].data<float>()[1] == 3.0F * 2.7182818F, boost::test_tools::tolerance(1e-6F));
}

BOOST_AUTO_TEST_CASE(what_the_program_writes_itself_stays) {
  const Variable gain(Tensor::copy<float>({0, 1}, {2}));
  Ir ir = Traced({{{2}, DType::kFloat32}}, [&](const Tensors& x) {
            const Tensor y = x[0] * ops::exp(gain.value());
            gain.assign(gain.value() + 1.0);
            return Tensors{y};
          }).ir();
  hoist_weights(ir);
  BOOST_TEST(!ir.prologue);
}

BOOST_AUTO_TEST_CASE(a_program_without_feeds_stays) {
  const Variable gain(Tensor::copy<float>({0, 1}, {2}));
  Ir ir = Traced({}, [&](const Tensors&) { return Tensors{ops::exp(gain.value())}; }).ir();
  hoist_weights(ir);
  BOOST_TEST(!ir.prologue);
  BOOST_TEST(joined(operations_of(ir)) == "exp");
}

BOOST_AUTO_TEST_SUITE_END()
