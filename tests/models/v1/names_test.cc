#include <boost/test/unit_test.hpp>

#include "models/v1/array_ops.h"
#include "models/v1/errors.h"
#include "models/v1/graph.h"
#include "models/v1/math_ops.h"
#include "models/v1/variable.h"
#include "models/v1/variable_scope.h"
#include "tests/models/v1/fresh_graph.h"
#include "tests/support/message_of.h"

using namespace cornu;
using test::message_of;

namespace {

std::string name_of_constant(const std::string& name) { return v1::constant(1.0, {.name = name}).name(); }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(models_v1_names, test::FreshGraph)

BOOST_AUTO_TEST_CASE(names_are_unique_without_regard_to_case) {
  BOOST_TEST(name_of_constant("c") == "c:0");
  BOOST_TEST(name_of_constant("c") == "c_1:0");
  BOOST_TEST(name_of_constant("C") == "C_2:0");
  // The suffixed name is taken too.
  BOOST_TEST(name_of_constant("c_1") == "c_1_1:0");
  BOOST_TEST(name_of_constant("c") == "c_3:0");
}

BOOST_AUTO_TEST_CASE(operators_and_functions_have_default_names) {
  const v1::Tensor x = v1::placeholder(float32, Shape{2});
  BOOST_TEST(x.name() == "Placeholder:0");
  BOOST_TEST((x + x).name() == "add:0");
  BOOST_TEST(v1::add(x, x).name() == "Add_1:0");
  BOOST_TEST((x / x).name() == "truediv:0");
  BOOST_TEST((x * x).op().type() == "Mul");
}

// A literal is a constant inside of the name of its operation, with the dtype of its neighbour.
BOOST_AUTO_TEST_CASE(a_literal_is_a_named_constant) {
  const v1::Tensor x = v1::placeholder(float64, Shape{2}, "x");
  const v1::Tensor y = x + 1.0;
  const v1::Tensors inputs = y.op().inputs();
  BOOST_TEST(inputs[1].name() == "add/y:0");
  BOOST_CHECK(inputs[1].dtype() == float64);
}

BOOST_AUTO_TEST_CASE(name_scopes_are_unique_and_entered_again_by_a_slash) {
  std::string first;
  {
    const v1::NameScope scope("a");
    first = scope.name();
    BOOST_TEST(first == "a/");
    BOOST_TEST(name_of_constant("c") == "a/c:0");
  }
  {
    const v1::NameScope scope("a");
    BOOST_TEST(scope.name() == "a_1/");
  }
  {
    const v1::NameScope scope(first);
    BOOST_TEST(name_of_constant("c") == "a/c_1:0");
    const v1::NameScope root("");
    BOOST_TEST(name_of_constant("c") == "c:0");
  }
  BOOST_TEST(v1::get_name_scope() == "");
}

BOOST_AUTO_TEST_CASE(name_scopes_do_not_name_variables_of_get_variable) {
  const v1::NameScope scope("a");
  BOOST_TEST(v1::get_variable("w", {.shape = Shape{1}}).name() == "w:0");
  BOOST_TEST(v1::Variable(Tensor(1.0), {.name = "w"}).name() == "a/w:0");
}

BOOST_AUTO_TEST_CASE(wrong_names_are_refused) {
  BOOST_TEST(message_of<v1::errors::ValueError>([] { name_of_constant("_c"); }).find("\"_c\" is not a valid") == 0u);
  BOOST_TEST(message_of<v1::errors::ValueError>([] { v1::NameScope scope("a b"); }).find("\"a b\" is not a valid") ==
             0u);
  const v1::NameScope scope("a");
  BOOST_TEST(name_of_constant("_c") == "a/_c:0");
}

BOOST_AUTO_TEST_CASE(look_up_by_name) {
  const v1::Tensor c = v1::constant(1.0, {.name = "c"});
  const v1::Graph graph = v1::get_default_graph();
  BOOST_CHECK(graph.get_tensor_by_name("c:0").same(c));
  BOOST_CHECK(graph.get_operation_by_name("c") == c.op());
  BOOST_TEST(message_of<v1::errors::KeyError>([&] { graph.get_tensor_by_name("d:0"); }).find("d") != std::string::npos);
  BOOST_CHECK_THROW(graph.get_tensor_by_name("c:1"), v1::errors::KeyError);
  BOOST_CHECK_THROW(graph.get_tensor_by_name("c"), v1::errors::ValueError);
  BOOST_CHECK_THROW(graph.get_operation_by_name("c:0"), v1::errors::ValueError);
}

BOOST_AUTO_TEST_CASE(a_finalized_graph_takes_nothing_more) {
  const v1::Tensor c = v1::constant(1.0);
  v1::get_default_graph().finalize();
  BOOST_TEST(message_of<v1::errors::RuntimeError>([&] { c + 1.0; }).find("finalized") != std::string::npos);
  BOOST_CHECK_THROW(v1::get_variable("w", {.shape = Shape{1}}), v1::errors::RuntimeError);
}

BOOST_AUTO_TEST_CASE(collections_are_filtered_by_the_beginning_of_names) {
  const v1::Tensor first = v1::constant(1.0, {.name = "ab"}), second = v1::constant(1.0, {.name = "b"});
  for (const v1::Tensor& item : {first, second, first}) v1::add_to_collection("mine", item);
  BOOST_TEST(v1::get_collection("mine").size() == 3u);
  const std::vector<v1::Collectible> found = v1::get_collection("mine", "a");
  BOOST_REQUIRE(found.size() == 2u);
  BOOST_TEST(v1::name_of(found[1]) == "ab:0");
  BOOST_TEST(v1::get_collection("nothing").empty());
}

BOOST_AUTO_TEST_SUITE_END()
