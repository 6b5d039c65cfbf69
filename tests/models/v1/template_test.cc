#include "models/v1/template.h"

#include <boost/test/unit_test.hpp>

#include "models/v1/array_ops.h"
#include "models/v1/errors.h"
#include "models/v1/math_ops.h"
#include "models/v1/variable_scope.h"
#include "tests/models/v1/fresh_graph.h"
#include "tests/support/message_of.h"

using namespace cornu;
using test::message_of;

namespace {

v1::Tensor scaled(const v1::Tensor& x) {
  return v1::multiply(x, v1::get_variable("scale", {.shape = Shape{1}}), "scaled");
}

std::vector<std::string> names_of_variables() {
  std::vector<std::string> result;
  for (const v1::Variable& variable : v1::global_variables()) result.push_back(variable.name());
  return result;
}

using Names = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(models_v1_template, test::FreshGraph)

BOOST_AUTO_TEST_CASE(later_calls_share_wherever_they_are) {
  const v1::Template scale = v1::make_template("t", scaled);
  const v1::Tensor x = v1::constant(1.0);
  BOOST_TEST(scale(x).name() == "t/scaled:0");
  BOOST_TEST(scale(x).name() == "t_1/scaled:0");
  const v1::VariableScope elsewhere("a");
  BOOST_TEST(scale(x).name() == "a/t/scaled:0");
  BOOST_TEST(names_of_variables() == Names{"t/scale:0"});
}

BOOST_AUTO_TEST_CASE(two_templates_of_one_name_do_not_share) {
  const v1::Template first = v1::make_template("t", scaled), second = v1::make_template("t", scaled);
  const v1::Tensor x = v1::constant(1.0);
  first(x);
  second(x);
  first(x);
  BOOST_TEST(names_of_variables() == (Names{"t/scale:0", "t_1/scale:0"}));
}

BOOST_AUTO_TEST_CASE(the_scope_may_be_settled_at_once) {
  v1::Template made = [] {
    const v1::VariableScope scope("a");
    return v1::make_template("t", scaled, {.create_scope_now = true});
  }();
  made(v1::constant(1.0));
  BOOST_TEST(names_of_variables() == Names{"a/t/scale:0"});
}

BOOST_AUTO_TEST_CASE(a_unique_name_is_not_made_unique) {
  const v1::Template first = v1::make_template("t", scaled, {.unique_name = "u"});
  const v1::Template second = v1::make_template("t", scaled, {.unique_name = "u"});
  first(v1::constant(1.0));
  BOOST_TEST(message_of<v1::errors::ValueError>([&] { second(v1::constant(1.0)); }).find("u/scale already exists") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_later_call_makes_nothing_new) {
  int calls = 0;
  const v1::Template growing = v1::make_template("t", [&](const v1::Tensor& x) {
    return x * v1::get_variable("w" + std::to_string(calls++), {.shape = Shape{1}});
  });
  growing(v1::constant(1.0));
  BOOST_CHECK_THROW(growing(v1::constant(1.0)), v1::errors::ValueError);
  int made = 0;
  const v1::Template with_variable = v1::make_template(
      "v", [&](const v1::Tensor& x) { return made++ == 0 ? x * 1.0 : x * v1::Variable(Tensor(1.0)); });
  with_variable(v1::constant(1.0));
  BOOST_CHECK_THROW(with_variable(v1::constant(1.0)), v1::errors::ValueError);
}

BOOST_AUTO_TEST_SUITE_END()
