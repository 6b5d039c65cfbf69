#include "models/v1/control_flow.h"

#include <boost/test/unit_test.hpp>

#include "models/v1/array_ops.h"
#include "models/v1/errors.h"
#include "models/v1/math_ops.h"
#include "models/v1/session.h"
#include "models/v1/train.h"
#include "models/v1/variable_scope.h"
#include "tests/models/v1/fresh_graph.h"
#include "tests/support/gradient_check.h"
#include "tests/support/message_of.h"

using namespace cornu;
using test::check_close;
using test::message_of;

namespace {

Tensor numbers(std::initializer_list<float> values) {
  return Tensor::copy(values, {static_cast<std::int64_t>(values.size())});
}

struct Choice : test::FreshGraph {
  v1::Tensor flag = v1::placeholder(boolean, Shape{}, "flag");
  v1::Feeds chosen(bool value) const { return {{flag, Tensor(value)}}; }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(models_v1_control_flow, Choice)

BOOST_AUTO_TEST_CASE(cond_runs_the_assignments_of_the_taken_branch) {
  const v1::Variable w = v1::get_variable("w", {.initializer = numbers({1})});
  const v1::Variable v = v1::get_variable("v", {.initializer = numbers({1})});
  const v1::Tensor result = v1::cond(
      flag, [&] { return v1::assign_add(w, numbers({10})); }, [&] { return v1::assign_add(v, numbers({20})); });
  BOOST_TEST(result.name() == "cond/Merge:0");
  v1::Session session;
  session.run(v1::global_variables_initializer());
  BOOST_TEST(session.run(result, chosen(true)).item() == 11.0);
  BOOST_TEST(session.run(v).item() == 1.0);
  BOOST_TEST(session.run(result, chosen(false)).item() == 21.0);
  BOOST_TEST(session.run(w).item() == 11.0);
}

BOOST_AUTO_TEST_CASE(what_a_branch_takes_from_outside_runs_always) {
  const v1::Variable w = v1::get_variable("w", {.initializer = numbers({1})});
  const v1::Tensor add = v1::assign_add(w, numbers({1}));
  const v1::Tensor result = v1::cond(
      flag, [&] { return add * 1.0; }, [&] { return v1::constant(numbers({0})); });
  v1::Session session;
  session.run(w.initializer());
  BOOST_TEST(session.run(result, chosen(false)).item() == 0.0);
  BOOST_TEST(session.run(w).item() == 2.0);
}

BOOST_AUTO_TEST_CASE(gradients_pass_through_the_taken_branch) {
  const v1::Variable w = v1::get_variable("w", {.initializer = numbers({3})});
  const v1::Variable v = v1::get_variable("v", {.initializer = numbers({5})});
  const v1::Tensor loss = v1::reduce_sum(v1::cond(
      flag, [&] { return v1::square(w); }, [&]() -> v1::Tensor { return v * 7.0; }));
  const v1::Tensors found = v1::gradients({loss}, {w, v});
  const v1::Operation step = v1::train::GradientDescentOptimizer(0.1).minimize(loss);
  v1::Session session;
  session.run(v1::global_variables_initializer());
  const v1::Fetched then = session.run(found, chosen(true)), other = session.run(found, chosen(false));
  BOOST_TEST(then[0].item() == 6.0);
  BOOST_TEST(then[1].item() == 0.0);
  BOOST_TEST(other[0].item() == 0.0);
  BOOST_TEST(other[1].item() == 7.0);
  session.run(step, chosen(false));
  check_close(session.run(w), numbers({3}), 0, 0);
  check_close(session.run(v), numbers({4.3F}));
}

BOOST_AUTO_TEST_CASE(branches_may_differ_in_shape) {
  const v1::Tensor x = v1::placeholder(float32, Shape{kUnknown}, "x");
  const v1::Tensor result = v1::cond(
      flag,
      [&] {
        return v1::concat({x, x}, 0);
      },
      [&] {
        return v1::constant(numbers({1, 2, 3}));
      });
  BOOST_CHECK(result.shape() == Shape{kUnknown});
  const v1::Tensor sum = v1::reduce_sum(result);
  v1::Session session;
  for (const bool value : {true, false, true}) {
    const v1::Fetched run = session.run({result, sum}, {{flag, Tensor(value)}, {x, numbers({4, 4})}});
    check_close(run[0], value ? numbers({4, 4, 4, 4}) : numbers({1, 2, 3}));
    BOOST_TEST(run[1].item() == (value ? 16.0 : 6.0));
  }
}

BOOST_AUTO_TEST_CASE(cond_nests_and_gives_several) {
  const v1::Tensor inner = v1::placeholder(boolean, Shape{}, "inner");
  const v1::Tensors results = v1::cond(
      flag,
      [&] {
        const v1::Tensor a = v1::cond(
            inner, [] { return v1::constant(1.0); }, [] { return v1::constant(2.0); });
        return v1::Tensors{a, a + 10.0};
      },
      [] {
        return v1::Tensors{v1::constant(3.0), v1::constant(4.0)};
      });
  BOOST_TEST(results[1].name() == "cond/Merge_1:0");
  v1::Session session;
  const auto run = [&](bool a, bool b) { return session.run(results, {{flag, Tensor(a)}, {inner, Tensor(b)}}); };
  BOOST_TEST(run(true, false)[1].item() == 12.0);
  BOOST_TEST(run(true, true)[0].item() == 1.0);
  BOOST_TEST(run(false, true)[1].item() == 4.0);
}

BOOST_AUTO_TEST_CASE(wrong_branches_are_refused_by_text) {
  const auto one = [] { return v1::Tensors{v1::constant(1.0)}; };
  const auto two = [] { return v1::Tensors{v1::constant(1.0), v1::constant(2.0)}; };
  BOOST_TEST(message_of<v1::errors::ValueError>([&] { v1::cond(flag, one, two); }) ==
             "cond: expected both branches to return the same structure; got 1 and 2 tensors");
  BOOST_TEST(message_of<v1::errors::ValueError>([&] {
               v1::cond(flag, one, [] { return v1::Tensors{v1::constant(1)}; });
             }) == "cond: Outputs of true_fn and false_fn must have the same type; got (float32) and (int32)");
}

BOOST_AUTO_TEST_CASE(a_variable_made_in_a_branch_belongs_to_the_graph) {
  const v1::Tensor result = v1::cond(
      flag, [] { return v1::get_variable("w", {.initializer = numbers({2})}) * 1.0; },
      [] { return v1::constant(numbers({0})); });
  BOOST_TEST(v1::global_variables()[0].name() == "w:0");
  v1::Session session;
  session.run(v1::global_variables_initializer());
  BOOST_TEST(session.run(result, chosen(true)).item() == 2.0);
}

BOOST_AUTO_TEST_CASE(while_loop_repeats) {
  const v1::Tensor n = v1::placeholder(int32, Shape{}, "n");
  const v1::Tensor factor = v1::placeholder(float32, Shape{}, "factor");
  const v1::Tensors results = v1::while_loop([&](const v1::Tensors& v) { return v[0] < n; },
                                             [&](const v1::Tensors& v) {
                                               return v1::Tensors{v[0] + 1, v[1] * factor};
                                             },
                                             {v1::constant(0), v1::constant(1.0)});
  v1::Session session;
  const auto power = [&](int times, double base) {
    return session.run(results, {{n, Tensor(times)}, {factor, Tensor(base)}});
  };
  BOOST_TEST(power(5, 2.0)[1].item() == 32.0);
  BOOST_TEST(power(0, 2.0)[1].item() == 1.0);
  BOOST_TEST(power(3, 3.0)[0].item() == 3.0);
  BOOST_CHECK_THROW(v1::while_loop([&](const v1::Tensors& v) { return v[0] < n; },
                                   [](const v1::Tensors& v) {
                                     return v1::Tensors{v[0], v[0]};
                                   },
                                   {v1::constant(0)}),
                    v1::errors::ValueError);
}

BOOST_AUTO_TEST_CASE(control_dependencies_order_what_is_made_inside) {
  const v1::Variable w = v1::get_variable("w", {.initializer = numbers({1})});
  const v1::Tensor add = v1::assign_add(w, numbers({1}));
  v1::Tensor before = v1::identity(w), after;
  {
    const v1::ControlDependencies wait({add.op()});
    after = w.read_value();
    const v1::ControlDependencies none;
    BOOST_TEST(v1::constant(1.0).op().control_inputs().empty());
  }
  const v1::Operation both = v1::group({add.op(), after.op()});
  BOOST_TEST(both.name() == "group_deps");
  v1::Session session;
  session.run(w.initializer());
  BOOST_TEST(session.run(before).item() == 1.0);
  BOOST_TEST(session.run(after).item() == 2.0);
  session.run(both);
  BOOST_TEST(session.run(w).item() == 3.0);
}

BOOST_AUTO_TEST_SUITE_END()
