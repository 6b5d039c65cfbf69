#include <boost/test/unit_test.hpp>

#include "models/v1/array_ops.h"
#include "models/v1/control_flow.h"
#include "models/v1/math_ops.h"
#include "models/v1/nn.h"
#include "models/v1/session.h"
#include "models/v1/variable_scope.h"
#include "tests/models/v1/fresh_graph.h"
#include "tests/support/gradient_check.h"

using namespace cornu;
using test::check_close;

namespace {

Tensor numbers(std::initializer_list<float> values) {
  return Tensor::copy(values, {static_cast<std::int64_t>(values.size())});
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(models_v1_gradients, test::FreshGraph)

BOOST_AUTO_TEST_CASE(sums_over_all_uses_and_all_targets) {
  const v1::Variable w = v1::get_variable("w", {.initializer = numbers({3})});
  const v1::Tensor first = w * 2.0, second = v1::square(w);
  const v1::Tensor both = v1::gradients({first, second}, {w})[0], sum = v1::gradients({first + second}, {w})[0];
  v1::Session session;
  session.run(w.initializer());
  BOOST_TEST(session.run(both).item() == 8.0);
  BOOST_TEST(session.run(sum).item() == 8.0);
}

BOOST_AUTO_TEST_CASE(nothing_for_what_is_not_connected) {
  const v1::Variable w = v1::get_variable("w", {.initializer = numbers({3})});
  const v1::Variable v = v1::get_variable("v", {.initializer = numbers({3})});
  const v1::Tensors found = v1::gradients({w * 2.0, v1::stop_gradient(v)}, {w, v});
  BOOST_TEST(found[0].defined());
  BOOST_TEST(!found[1].defined());
}

BOOST_AUTO_TEST_CASE(of_any_tensor_and_twice) {
  const v1::Tensor x = v1::constant(numbers({2, 3}));
  const v1::Tensor middle = v1::square(x);
  const v1::Tensor y = middle * middle;  // x⁴
  const v1::Tensor first = v1::gradients({y}, {x})[0];
  const v1::Tensor second = v1::gradients({first}, {x})[0];
  v1::Session session;
  check_close(session.run(v1::gradients({y}, {middle})[0]), numbers({8, 18}));  // 2 x²
  check_close(session.run(first), numbers({32, 108}));                          // 4 x³
  check_close(session.run(second), numbers({48, 108}));                         // 12 x²
}

BOOST_AUTO_TEST_CASE(weighted_by_what_arrives) {
  const v1::Tensor x = v1::constant(numbers({2, 3}));
  const v1::Tensor found = v1::gradients({v1::square(x)}, {x}, {v1::constant(numbers({1, 10}))})[0];
  check_close(v1::Session().run(found), numbers({4, 60}));
}

BOOST_AUTO_TEST_CASE(at_kinks_and_ties_as_in_tensorflow) {
  const v1::Tensor x = v1::constant(numbers({-1, 0, 2, 2}));
  v1::Session session;
  check_close(session.run(v1::gradients({v1::nn::relu(x)}, {x})[0]), numbers({0, 0, 1, 1}));
  check_close(session.run(v1::gradients({v1::reduce_max(x)}, {x})[0]), numbers({0, 0, 0.5F, 0.5F}));
}

BOOST_AUTO_TEST_SUITE_END()
