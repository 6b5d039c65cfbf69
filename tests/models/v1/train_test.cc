#include "models/v1/train.h"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "models/v1/array_ops.h"
#include "models/v1/errors.h"
#include "models/v1/math_ops.h"
#include "models/v1/session.h"
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

std::vector<std::string> names(const v1::Variables& variables) {
  std::vector<std::string> result;
  for (const v1::Variable& variable : variables) result.push_back(variable.name());
  return result;
}

std::unique_ptr<v1::train::Optimizer> optimizer_named(const std::string& name) {
  using namespace v1::train;
  if (name == "gradient_descent") return std::make_unique<GradientDescentOptimizer>(0.1);
  if (name == "momentum") return std::make_unique<MomentumOptimizer>(0.1, 0.9);
  if (name == "nesterov") return std::make_unique<MomentumOptimizer>(0.1, 0.9, true);
  if (name == "adam") return std::make_unique<AdamOptimizer>(0.1);
  if (name == "adam_with_large_epsilon") return std::make_unique<AdamOptimizer>(0.1, 0.8, 0.9, 0.5);
  if (name == "rmsprop") return std::make_unique<RMSPropOptimizer>(0.1);
  if (name == "rmsprop_with_momentum") return std::make_unique<RMSPropOptimizer>(0.1, 0.8, 0.5, 0.01);
  if (name == "rmsprop_centered") return std::make_unique<RMSPropOptimizer>(0.1, 0.8, 0.5, 0.01, true);
  throw std::runtime_error("no optimizer " + name);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(models_v1_train, test::FreshGraph)

// Three steps on sum([1, 2, 0.5] w²), against tests/golden/v1_optimizers.py. Some float32 operations a step, each good
// to 6e-8: 1e-6 is ample.
BOOST_AUTO_TEST_CASE(steps_and_variables_are_tensorflows) {
  std::ifstream file("tests/golden/v1_optimizers.json");
  const nlohmann::json optimizers = nlohmann::json::parse(file).at("optimizers");
  BOOST_TEST(optimizers.size() == 8u);
  for (const auto& [name, wanted] : optimizers.items()) {
    BOOST_TEST_CONTEXT(name) {
      v1::reset_default_graph();
      const v1::Variable w = v1::get_variable("w", {.initializer = numbers({1, -2, 3})});
      const v1::Tensor loss = v1::reduce_sum(v1::square(w) * v1::constant(numbers({1, 2, 0.5F})));
      const v1::Operation step = optimizer_named(name)->minimize(loss);
      v1::Session session;
      session.run(v1::global_variables_initializer());
      for (const auto& values : wanted.at("values")) {
        session.run(step);
        check_close(session.run(w), Tensor::copy(values.get<std::vector<float>>(), {3}), 1e-6, 1e-6);
      }
      std::vector<std::string> variables = names(v1::global_variables());
      variables.erase(variables.begin());
      BOOST_TEST(variables == wanted.at("variables").get<std::vector<std::string>>());
    }
  }
}

// By hand: w = 1, gradient 2w. m1 = 2, w1 = 0.8; m2 = 0.9 · 2 + 1.6 = 3.4, w2 = 0.46.
BOOST_AUTO_TEST_CASE(momentum_by_hand) {
  const v1::Variable w = v1::get_variable("w", {.initializer = numbers({1})});
  const v1::Operation step = v1::train::MomentumOptimizer(0.1, 0.9).minimize(v1::reduce_sum(v1::square(w)));
  v1::Session session;
  session.run(v1::global_variables_initializer());
  session.run(step);
  check_close(session.run(w), numbers({0.8F}));
  session.run(step);
  check_close(session.run(w), numbers({0.46F}));
  check_close(session.run("w/Momentum:0"), numbers({3.4F}));
}

BOOST_AUTO_TEST_CASE(the_loss_fetched_with_the_step_is_the_old_one) {
  const v1::Variable w = v1::get_variable("w", {.initializer = numbers({2})});
  const v1::Tensor loss = v1::reduce_sum(v1::square(w));
  const v1::Variable global_step = v1::get_or_create_global_step();
  const v1::Operation step = v1::train::GradientDescentOptimizer(0.25).minimize(loss, {.global_step = global_step});
  BOOST_TEST(step.name() == "GradientDescent");
  v1::Session session;
  session.run(v1::global_variables_initializer());
  BOOST_TEST(session.run({step, loss})[1].item() == 4.0);
  BOOST_TEST(session.run({step, loss})[1].item() == 1.0);
  BOOST_TEST(session.run(global_step).item() == 2.0);
  BOOST_TEST(v1::get_collection(v1::GraphKeys::TRAIN_OP).size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_learning_rate_may_be_fed) {
  const v1::Variable w = v1::get_variable("w", {.initializer = numbers({1})});
  const v1::Tensor rate = v1::placeholder(float32, Shape{}, "rate");
  const v1::Operation step = v1::train::GradientDescentOptimizer(rate).minimize(v1::reduce_sum(w.value()));
  v1::Session session;
  session.run(w.initializer());
  session.run(step, {{rate, Tensor(0.5)}});
  BOOST_TEST(session.run(w).item() == 0.5);
}

BOOST_AUTO_TEST_CASE(only_what_it_is_told_is_trained) {
  const v1::Variable w = v1::get_variable("w", {.initializer = numbers({1})});
  const v1::Variable v = v1::get_variable("v", {.initializer = numbers({1})});
  const v1::Variable frozen = v1::get_variable("frozen", {.initializer = numbers({1}), .trainable = false});
  const v1::Tensor loss = v1::reduce_sum(w * v * frozen);
  const v1::train::GradientDescentOptimizer optimizer(0.5);
  const v1::Operation one = optimizer.minimize(loss, {.var_list = {v}, .name = "train_v"});
  const v1::Operation all = optimizer.minimize(loss);
  BOOST_TEST(one.name() == "train_v");
  v1::Session session;
  session.run(v1::global_variables_initializer());
  session.run(one);
  BOOST_TEST(session.run(w).item() == 1.0);
  BOOST_TEST(session.run(v).item() == 0.5);
  session.run(all);
  BOOST_TEST(session.run(w).item() == 0.75);
  BOOST_TEST(session.run(frozen).item() == 1.0);
}

BOOST_AUTO_TEST_CASE(gradients_can_be_changed_between_computing_and_applying) {
  const v1::Variable w = v1::get_variable("w", {.initializer = numbers({1})});
  const v1::train::GradientDescentOptimizer optimizer(1.0);
  v1::train::GradientsAndVariables found = optimizer.compute_gradients(v1::reduce_sum(v1::square(w)));
  for (auto& [gradient, variable] : found) gradient = v1::minimum(gradient, 0.5);
  const v1::Operation step = optimizer.apply_gradients(found);
  v1::Session session;
  session.run(w.initializer());
  session.run(step);
  BOOST_TEST(session.run(w).item() == 0.5);
}

BOOST_AUTO_TEST_CASE(a_constraint_projects_after_each_step) {
  const v1::Variable w = v1::get_variable(
      "w", {.initializer = numbers({1}), .constraint = [](const v1::Tensor& x) { return v1::maximum(x, 0.9); }});
  const v1::Operation step = v1::train::GradientDescentOptimizer(0.5).minimize(v1::reduce_sum(w.value()));
  v1::Session session;
  session.run(w.initializer());
  session.run(step);
  check_close(session.run(w), numbers({0.9F}));
}

BOOST_AUTO_TEST_CASE(nothing_to_train_is_refused_by_text) {
  const v1::train::GradientDescentOptimizer optimizer(0.1);
  const v1::Tensor x = v1::constant(numbers({1}));
  BOOST_TEST(message_of<v1::errors::ValueError>([&] { optimizer.minimize(v1::reduce_sum(x)); }) ==
             "GradientDescent: No variables to optimize. Make trainable variables before, or give var_list.");
  v1::get_variable("w", {.initializer = numbers({1})});
  const std::string message = message_of<v1::errors::ValueError>([&] { optimizer.minimize(v1::reduce_sum(x)); });
  BOOST_TEST(message.find("No gradients provided for any variable, between variables [w:0] and loss 'Sum") !=
             std::string::npos);
}

// In a scope that only reuses, the variables of the optimizer cannot be made.
BOOST_AUTO_TEST_CASE(slots_obey_the_scope) {
  const v1::Variable w = v1::get_variable("w", {.initializer = numbers({1})});
  const v1::Tensor loss = v1::reduce_sum(v1::square(w));
  const v1::train::MomentumOptimizer optimizer(0.1, 0.9);
  {
    const v1::VariableScope scope("opt", {.reuse = true});
    BOOST_CHECK_THROW(optimizer.minimize(loss), v1::errors::ValueError);
  }
  const v1::VariableScope scope("opt", {.reuse = v1::AUTO_REUSE});
  optimizer.minimize(loss);
  BOOST_TEST(names(v1::global_variables()).back() == "opt/w/Momentum:0");
}

BOOST_AUTO_TEST_SUITE_END()
