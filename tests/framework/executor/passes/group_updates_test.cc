#include <boost/test/unit_test.hpp>

#include "framework/executor/passes/passes.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/exponential.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

namespace {

Tensor ones(const Shape& shape) {
  return Tensor::copy(std::vector<float>(static_cast<std::size_t>(shape.num_elements()), 1.0F), shape);
}

// Steps of gradient descent for variables of these shapes, with one rate.
Ir steps_of(const std::vector<Shape>& shapes, double factor_of_last = 1.0) {
  std::vector<Variable> variables;
  TensorSpecs specs;
  for (const Shape& shape : shapes) {
    variables.emplace_back(ones(shape));
    specs.push_back({shape, DType::kFloat32});
  }
  const Variable rate(ones({}));
  Ir ir = Traced(specs, [&](const Tensors& gradients) {
            for (std::size_t i = 0; i < variables.size(); ++i) {
              Tensor step = gradients[i] * rate.value();
              if (i + 1 == variables.size() && factor_of_last != 1.0) step = ops::exp(step);
              variables[i].assign(variables[i].value() - step);
            }
            return Tensors{};
          }).ir();
  fuse_elementwise(ir);
  group_updates(ir);
  return ir;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_executor_passes_group_updates)

BOOST_AUTO_TEST_CASE(updates_of_one_kind_become_one_node) {
  const Ir ir = steps_of({{3, 4}, {5}, {1}, {2, 2, 2}});
  BOOST_TEST_REQUIRE(joined(operations_of(ir)) == "grouped_elementwise");
  BOOST_TEST(ir.nodes[0].attributes.integer("count") == 4);
  BOOST_TEST(ir.nodes[0].inputs.size() == 12u);
  BOOST_TEST(ir.nodes[0].outputs.size() == 4u);
  for (std::size_t u = 0; u < 4; ++u) BOOST_TEST(ir.updates[u].second == ir.nodes[0].outputs[u]);
}

BOOST_AUTO_TEST_CASE(another_rule_stays_apart) {
  const Ir ir = steps_of({{3, 4}, {5}, {6}}, 2.0);
  BOOST_TEST(joined(operations_of(ir)) == "grouped_elementwise fused_elementwise");
}

BOOST_AUTO_TEST_CASE(what_others_read_stays_where_it_is) {
  const Variable a(ones({4}));
  const Variable b(ones({5}));
  Ir ir = Traced({{{4}, DType::kFloat32}, {{5}, DType::kFloat32}}, [&](const Tensors& g) {
            a.assign(a.value() - g[0] * 0.5);
            b.assign(b.value() - g[1] * 0.5);
            return Tensors{a.value()};
          }).ir();
  fuse_elementwise(ir);
  group_updates(ir);
  BOOST_TEST(joined(operations_of(ir)) == "fused_elementwise fused_elementwise");
}

BOOST_AUTO_TEST_SUITE_END()
