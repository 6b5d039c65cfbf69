#include "models/v1/variable_scope.h"

#include <boost/test/unit_test.hpp>

#include "models/v1/array_ops.h"
#include "models/v1/errors.h"
#include "models/v1/math_ops.h"
#include "models/v1/session.h"
#include "tests/models/v1/fresh_graph.h"
#include "tests/support/gradient_check.h"
#include "tests/support/message_of.h"

using namespace cornu;
using test::message_of;
using v1::VariableScope;

namespace {

v1::Variable weight(const std::string& name = "w") { return v1::get_variable(name, {.shape = Shape{2}}); }

// "scope name | name scope" of what is made now.
std::string names_here() {
  return v1::get_variable_scope().name() + " | " + v1::constant(1.0, {.name = "op"}).op().name();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(models_v1_variable_scope, test::FreshGraph)

BOOST_AUTO_TEST_CASE(entered_again_by_name_it_has_its_variables_and_another_name_scope) {
  {
    const VariableScope scope("a");
    BOOST_TEST(names_here() == "a | a/op");
  }
  const VariableScope scope("a");
  BOOST_TEST(names_here() == "a | a_1/op");
}

BOOST_AUTO_TEST_CASE(entered_by_object_it_jumps) {
  std::optional<v1::ScopeObject> inner;
  {
    const VariableScope a("a");
    const VariableScope b("b");
    inner = b.object();
    BOOST_TEST(b.original_name_scope() == "a/b/");
  }
  const VariableScope c("c");
  const VariableScope again(*inner);
  BOOST_TEST(names_here() == "a/b | c/b/op");
  BOOST_TEST(again.original_name_scope() == "a/b/");
}

BOOST_AUTO_TEST_CASE(default_names_are_counted_and_forgotten_with_their_parent) {
  const auto made = [] { return VariableScope(VariableScope::DefaultName{"d"}).name(); };
  BOOST_TEST(made() == "d");
  BOOST_TEST(made() == "d_1");
  for (int visit = 0; visit < 2; ++visit) {
    const VariableScope scope("a");
    BOOST_TEST(made() == "a/d");
    BOOST_TEST(made() == "a/d_1");
  }
  BOOST_CHECK_THROW(VariableScope(VariableScope::DefaultName{"d"}, {.reuse = true}), v1::errors::ValueError);
  BOOST_CHECK_THROW(VariableScope(VariableScope::DefaultName{}), v1::errors::TypeError);
}

BOOST_AUTO_TEST_CASE(scopes_are_left_by_an_exception) {
  try {
    const VariableScope scope("a");
    throw 1;
  } catch (int) {
  }
  BOOST_TEST(names_here() == " | op");
}

// ---- reuse of three kinds

BOOST_AUTO_TEST_CASE(without_reuse_an_existing_name_is_an_error) {
  {
    const VariableScope scope("fc1");
    weight();
  }
  const VariableScope scope("fc1");
  const std::string message = message_of<v1::errors::ValueError>([] { weight(); });
  BOOST_TEST(message.find("get_variable: Variable fc1/w already exists, disallowed. Did you mean to set reuse=True or "
                          "reuse=AUTO_REUSE in variable_scope?") == 0u);
}

BOOST_AUTO_TEST_CASE(with_reuse_a_missing_name_is_an_error) {
  const v1::Variable made(Tensor(1.0), {.name = "w"});
  const VariableScope root("", {.reuse = true});
  BOOST_TEST(message_of<v1::errors::ValueError>([] { weight(); }) ==
             "get_variable: Variable w does not exist, or was not created with get_variable(). Did you mean to set "
             "reuse=AUTO_REUSE in variable_scope?");
}

BOOST_AUTO_TEST_CASE(reuse_gives_the_same_variable) {
  v1::Variable first;
  {
    const VariableScope scope("fc1");
    first = weight();
  }
  const VariableScope scope("fc1", {.reuse = true});
  BOOST_CHECK(weight() == first);
  BOOST_TEST(v1::global_variables().size() == 1u);
}

BOOST_AUTO_TEST_CASE(auto_reuse_makes_and_finds) {
  const VariableScope scope("fc1", {.reuse = v1::AUTO_REUSE});
  const v1::Variable first = weight();
  BOOST_CHECK(weight() == first);
  BOOST_CHECK(!(weight("v") == first));
}

BOOST_AUTO_TEST_CASE(reuse_is_inherited_and_cannot_be_undone) {
  const VariableScope outer("a", {.reuse = true});
  BOOST_CHECK(VariableScope("b", {.reuse = false}).object().reuse() == v1::Reuse(true));
  BOOST_CHECK(VariableScope("b", {.reuse = v1::AUTO_REUSE}).object().reuse() == v1::AUTO_REUSE);
}

// By object a scope keeps its own flag, whatever stands around it.
BOOST_AUTO_TEST_CASE(an_object_keeps_its_own_flag) {
  const v1::ScopeObject object = VariableScope("a").object();
  const VariableScope reusing("b", {.reuse = true});
  const VariableScope again(object);
  BOOST_TEST(weight().name() == "a/w:0");
}

BOOST_AUTO_TEST_CASE(reuse_variables_affects_that_object_only) {
  const VariableScope scope("a");
  const v1::Variable first = weight();
  scope.reuse_variables();
  BOOST_CHECK(weight() == first);
}

// ---- get_variable

BOOST_AUTO_TEST_CASE(what_is_shared_must_fit) {
  const VariableScope scope("", {.reuse = v1::AUTO_REUSE});
  weight();
  const auto asked_for = [](const Shape& shape, std::optional<DType> dtype) {
    return message_of<v1::errors::ValueError>([&] { v1::get_variable("w", {.shape = shape, .dtype = dtype}); });
  };
  BOOST_TEST(asked_for({3}, int32)
                 .find("get_variable: Trying to share variable w, but specified shape (3,) and found "
                       "shape (2,)") == 0u);
  BOOST_TEST(asked_for({2}, int32)
                 .find("get_variable: Trying to share variable w, but specified dtype int32 and found "
                       "dtype float32") == 0u);
  BOOST_TEST(asked_for({kUnknown}, {}) == "nothing was thrown");
}

BOOST_AUTO_TEST_CASE(a_failed_creation_leaves_nothing) {
  BOOST_CHECK_THROW(v1::get_variable("w"), v1::errors::ValueError);
  BOOST_CHECK_THROW(v1::get_variable("w", {.shape = Shape{kUnknown}}), v1::errors::ValueError);
  BOOST_CHECK_THROW(
      v1::get_variable("w", {.shape = Shape{2}, .dtype = int32, .initializer = v1::random_normal_initializer()}),
      v1::errors::TypeError);
  BOOST_TEST(v1::global_variables().empty());
  BOOST_TEST(weight().name() == "w:0");
}

BOOST_AUTO_TEST_CASE(settings_are_handed_down) {
  const VariableScope scope(
      "a",
      {.initializer = v1::constant_initializer(Tensor(3.0)), .regularizer = v1::l2_regularizer(0.5), .dtype = float64});
  v1::Variable first, second;
  {
    const VariableScope inner("b");
    first = weight();
    second = v1::get_variable("v", {.shape = Shape{1}, .regularizer = v1::no_regularizer()});
  }
  BOOST_CHECK(first.dtype() == float64);
  const std::vector<v1::Collectible> losses = v1::get_collection(v1::GraphKeys::REGULARIZATION_LOSSES);
  BOOST_REQUIRE(losses.size() == 1u);
  v1::Session session;
  session.run(v1::global_variables_initializer());
  test::check_close(session.run(first), Tensor::copy({3.0, 3.0}, {2}));
  BOOST_TEST(session.run(std::get<v1::Tensor>(losses[0])).item() == 9.0);
}

// The inner scope's getter runs first and asks the outer one.
BOOST_AUTO_TEST_CASE(custom_getters_wrap_one_another) {
  std::string calls;
  const auto getter = [&](const std::string& mark) -> v1::CustomGetter {
    return [&calls, mark](const auto& get, const std::string& name, const v1::GetVariableOptions& options) {
      calls += mark + "(" + name + ")";
      return get(name + mark, options);
    };
  };
  const VariableScope outer("a", {.custom_getter = getter("o")});
  const VariableScope inner("b", {.custom_getter = getter("i")});
  BOOST_TEST(weight().name() == "a/b/wio:0");
  BOOST_TEST(calls == "i(a/b/w)o(a/b/wi)");
}

BOOST_AUTO_TEST_SUITE_END()
