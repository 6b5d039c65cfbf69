#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "framework/executor/passes/passes.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/exponential.h"
#include "framework/ops/reduce.h"
#include "framework/ops/special.h"
#include "framework/variable.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

namespace {

// What an activation and its gradient look like: values of the first chain go into the second, and between them stands
// something that needs all of the first.
Tensors gelu_and_gradient(const Tensor& x) {
  const Tensor half = x * 0.5F;
  const Tensor scaled = x * 0.70710678F;
  const Tensor twice_probability = ops::erf(scaled) + 1.0F;
  const Tensor y = half * twice_probability;
  const Tensor incoming = ops::sum(y, {.axis = {1}, .keepdims = true});
  const Tensor density = ops::exp(ops::negative(ops::square(scaled))) * 0.56418958F;
  return {y, incoming * twice_probability * 0.5F + incoming * half * density * 1.41421356F};
}

std::size_t num_outputs_of_first_chain(Ir ir) {
  recompute_elementwise(ir);
  fuse_elementwise(ir);
  for (const IrNode& node : ir.nodes) {
    if (node.operation->name == "fused_elementwise") return node.outputs.size();
  }
  return 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_executor_passes_recompute_elementwise)

BOOST_AUTO_TEST_CASE(a_gradient_computes_parts_of_a_large_activation_again) {
  const Traced traced({{{512, 300}, DType::kFloat32}}, [](const Tensors& x) { return gelu_and_gradient(x[0]); });
  BOOST_TEST(num_outputs_of_first_chain(traced.ir()) == 1U);
  std::vector<float> values(512 * 300);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::sin(0.37F * static_cast<float>(i)) * 3.0F;
  const Tensors result = traced.compile()->run({Tensor::copy(values, {512, 300})});
  for (const std::size_t row : {std::size_t{0}, std::size_t{511}}) {
    double incoming = 0.0;
    for (std::size_t i = 0; i < 300; ++i) {
      const double x = values[row * 300 + i];
      incoming += 0.5 * x * (1.0 + std::erf(x * std::sqrt(0.5)));
    }
    for (std::size_t i = 0; i < 300; i += 7) {
      const double x = values[row * 300 + i];
      const double probability = 0.5 * (1.0 + std::erf(x * std::sqrt(0.5)));
      const double density = 0.56418958 * std::exp(-0.5 * x * x);
      const double expected = incoming * (probability + 0.5 * x * density * std::sqrt(2.0));
      BOOST_TEST(std::abs(result[1].data<float>()[row * 300 + i] - expected) < 1e-5 * std::abs(incoming));
    }
  }
}

BOOST_AUTO_TEST_CASE(small_values_are_kept) {
  const Traced traced({{{16, 30}, DType::kFloat32}}, [](const Tensors& x) { return gelu_and_gradient(x[0]); });
  BOOST_TEST(num_outputs_of_first_chain(traced.ir()) > 1U);
}

// A value that leaves in any case costs nothing more, and what is as dear as an exponential is not made twice for one.
BOOST_AUTO_TEST_CASE(values_are_kept_that_others_use_or_that_are_dear) {
  const Traced used({{{512, 300}, DType::kFloat32}}, [](const Tensors& x) {
    const Tensor e = x[0] * 2.0F;
    const Tensor y = e + 1.0F;
    return Tensors{e, ops::sum(y, {.axis = {1}, .keepdims = true}) * e};
  });
  BOOST_TEST(num_outputs_of_first_chain(used.ir()) == 2U);
  const Traced dear({{{512, 300}, DType::kFloat32}}, [](const Tensors& x) {
    const Tensor e = ops::erf(ops::exp(x[0]));
    const Tensor y = e + 1.0F;
    return Tensors{ops::sum(y, {.axis = {1}, .keepdims = true}) * e};
  });
  BOOST_TEST(num_outputs_of_first_chain(dear.ir()) == 2U);
}

// The variable has its new value by the time that the second chain would read it.
BOOST_AUTO_TEST_CASE(variables_that_change_are_not_read_again) {
  const Variable weight(Tensor::copy(std::vector<float>(512 * 300, 2.0F), {512, 300}));
  const Traced traced({{{512, 300}, DType::kFloat32}}, [&](const Tensors& x) {
    const Tensor twice = weight.value() * 2.0F;
    const Tensor sum = ops::sum(twice + x[0], {.axis = {1}, .keepdims = true});
    weight.assign(weight.value() - sum * 0.0F - 1.0F);
    return Tensors{ops::sum(sum * twice)};
  });
  BOOST_TEST(num_outputs_of_first_chain(traced.ir()) > 1U);
  const auto program = traced.compile();
  const Tensor zeros = Tensor::copy(std::vector<float>(512 * 300, 0.0F), {512, 300});
  BOOST_TEST(program->run({zeros})[0].data<float>()[0] == 512.0F * 300.0F * 4.0F * 1200.0F);
  BOOST_TEST(program->run({zeros})[0].data<float>()[0] == 512.0F * 300.0F * 2.0F * 600.0F);
}

BOOST_AUTO_TEST_SUITE_END()
