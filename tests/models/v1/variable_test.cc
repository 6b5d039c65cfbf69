#include "models/v1/variable.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "models/v1/array_ops.h"
#include "models/v1/control_flow.h"
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

}  // namespace

BOOST_FIXTURE_TEST_SUITE(models_v1_variable, test::FreshGraph)

BOOST_AUTO_TEST_CASE(initializers_give_what_they_say) {
  const auto made = [](const char* name, const v1::Initializer& initializer, const Shape& shape) {
    return v1::get_variable(name, {.shape = shape, .initializer = initializer});
  };
  const v1::Variable zeros = made("zeros", v1::zeros_initializer(), {2});
  const v1::Variable constant = made("constant", v1::constant_initializer(numbers({1, 2})), {2});
  const v1::Variable normal = made("normal", v1::random_normal_initializer(5.0, 0.1), {1000});
  const v1::Variable uniform = made("uniform", v1::random_uniform_initializer(2.0, 3.0), {1000});
  const v1::Variable by_default = v1::get_variable("default", {.shape = Shape{50, 100}});
  const v1::Variable whole = v1::get_variable("whole", {.shape = Shape{2}, .dtype = int32});
  v1::Session session;
  session.run(v1::global_variables_initializer());
  check_close(session.run(zeros), numbers({0, 0}));
  check_close(session.run(constant), numbers({1, 2}));
  // Of 1000 draws the mean is within 0.1 / sqrt(1000) of 5 in two cases of three, within 0.02 nearly always.
  const std::vector<float> draws = session.run(normal).tensor().to_vector<float>();
  double sum = 0.0;
  for (const float x : draws) sum += x;
  BOOST_TEST(std::abs(sum / 1000 - 5.0) < 0.02);
  for (const float x : session.run(uniform).tensor().to_vector<float>()) BOOST_TEST((x >= 2.0F && x < 3.0F));
  // Glorot's limit: sqrt(6 / (50 + 100)) = 0.2.
  double largest = 0.0;
  for (const float x : session.run(by_default).tensor().to_vector<float>())
    largest = std::max(largest, std::abs(double(x)));
  BOOST_TEST(largest <= 0.2);
  BOOST_TEST(largest > 0.19);
  BOOST_CHECK(session.run(whole).tensor().dtype() == int32);
}

BOOST_AUTO_TEST_CASE(values_tensors_and_functions_fix_the_shape) {
  BOOST_CHECK(v1::get_variable("a", {.initializer = numbers({1, 2})}).shape() == Shape{2});
  BOOST_CHECK(v1::get_variable("b", {.initializer = v1::zeros({3})}).shape() == Shape{3});
  BOOST_CHECK(v1::get_variable("c", {.initializer = v1::Initializer([] { return v1::ones({4}); })}).shape() ==
              Shape{4});
  const std::string message = message_of<v1::errors::ValueError>([] {
    v1::get_variable("d", {.shape = Shape{2}, .initializer = numbers({1, 2})});
  });
  BOOST_TEST(message.find("constant") != std::string::npos);
  BOOST_TEST(message.find("shape") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_initializer_covers_what_there_is) {
  const v1::Variable a = v1::get_variable("a", {.initializer = numbers({1})});
  const v1::Operation init = v1::global_variables_initializer();
  const v1::Variable b = v1::get_variable("b", {.initializer = numbers({2})});
  BOOST_TEST(init.name() == "init");
  v1::Session session;
  session.run(init);
  BOOST_TEST(session.is_initialized(a));
  BOOST_TEST(!session.is_initialized(b));
  BOOST_TEST(session.run(v1::report_uninitialized_variables()).strings() == std::vector<std::string>{"b"});
  session.run(b.initializer());
  BOOST_TEST(session.run(b).item() == 2.0);
}

// Whatever the order: an initial value that reads another variable takes that one's initial value.
BOOST_AUTO_TEST_CASE(an_initial_value_may_read_another_variable) {
  const v1::Variable a(v1::Tensor(numbers({3})), {.name = "a"});
  const v1::Variable b(v1::Initializer(a.value() * 2.0), {.name = "b"});
  v1::Session session;
  session.run(v1::variables_initializer({b}));
  BOOST_TEST(session.run(b).item() == 6.0);
  session.run(v1::variables_initializer({a}));
  session.load(a, numbers({5}));
  session.run(v1::variables_initializer({b}));
  BOOST_TEST(session.run(b).item() == 10.0);
}

BOOST_AUTO_TEST_CASE(assignments_give_the_new_value) {
  const v1::Variable w = v1::get_variable("w", {.initializer = numbers({1, 2})});
  const v1::Tensor set = v1::assign(w, numbers({5, 5})), add = v1::assign_add(w, numbers({1, 2}));
  const v1::Tensor sub = v1::assign_sub(w, numbers({3, 3}));
  BOOST_TEST(set.name() == "Assign:0");
  BOOST_TEST(add.name() == "AssignAdd:0");
  v1::Session session;
  session.run(w.initializer());
  check_close(session.run(add), numbers({2, 4}));
  check_close(session.run(sub), numbers({-1, 1}));
  check_close(session.run(set), numbers({5, 5}));
  check_close(session.run(w), numbers({5, 5}));
  BOOST_CHECK_THROW(v1::assign(w, numbers({1, 2, 3})), v1::errors::ValueError);
  BOOST_CHECK_THROW(v1::assign(w, Tensor::copy<std::int32_t>({1, 2}, {2})), v1::errors::TypeError);
}

// The standing read is from before the run's assignments; a read made under control dependencies is from after them.
BOOST_AUTO_TEST_CASE(reads_before_and_after_an_assignment) {
  const v1::Variable w = v1::get_variable("w", {.initializer = numbers({1})});
  const v1::Tensor add = v1::assign_add(w, numbers({1}));
  v1::Tensor after;
  {
    const v1::ControlDependencies wait({add.op()});
    after = w.read_value();
  }
  v1::Session session;
  session.run(w.initializer());
  const v1::Fetched run = session.run({w.value(), after});
  BOOST_TEST(run[0].item() == 1.0);
  BOOST_TEST(run[1].item() == 2.0);
}

BOOST_AUTO_TEST_CASE(local_variables_are_not_trained) {
  const v1::Variable local = v1::get_local_variable("count", {.initializer = numbers({0})});
  BOOST_TEST(!local.trainable());
  BOOST_TEST(v1::local_variables().size() == 1u);
  BOOST_TEST(v1::global_variables().empty());
  BOOST_TEST(v1::trainable_variables().empty());
}

BOOST_AUTO_TEST_SUITE_END()
