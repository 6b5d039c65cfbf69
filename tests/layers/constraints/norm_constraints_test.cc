#include "layers/constraints/norm_constraints.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_constraints_norm_constraints)

void check(const Constraint& constraint, const std::vector<double>& expected) {
  // Columns of length 5 and 0.5.
  const std::vector<double> y = values_of(constraint(floats({3, 0.3f, 4, 0.4f}, {2, 2})));
  for (std::size_t i = 0; i < 4; ++i) BOOST_TEST(std::abs(y[i] - expected[i]) < 1e-5);
}

BOOST_AUTO_TEST_CASE(bring_columns_to_a_length) {
  check(constraints::MaxNorm({.max_value = 2}), {1.2, 0.3, 1.6, 0.4});
  check(constraints::UnitNorm(), {0.6, 0.6, 0.8, 0.8});
  check(constraints::MinMaxNorm({.min_value = 1, .max_value = 2}), {1.2, 0.6, 1.6, 0.8});
  check(constraints::MinMaxNorm({.min_value = 1, .max_value = 2, .rate = 0.5}), {2.1, 0.45, 2.8, 0.6});
  check(constraints::UnitNorm({.axis = {0, 1}}),
        {3 / std::sqrt(25.25), 0.3 / std::sqrt(25.25), 4 / std::sqrt(25.25), 0.4 / std::sqrt(25.25)});
}

BOOST_AUTO_TEST_CASE(are_known_by_name_and_configuration) {
  BOOST_TEST(Constraint("max_norm").serialized().at("config").at("max_value").as_double() == 2.0);
  const std::vector<Constraint> all = {constraints::MaxNorm({.max_value = 3, .axis = {0, 1}}),
                                       constraints::UnitNorm({.axis = {1}}),
                                       constraints::MinMaxNorm({.min_value = 0.5, .rate = 0.25})};
  for (const Constraint& constraint : all) {
    BOOST_TEST((Constraint::from_config(constraint.serialized()).serialized() == constraint.serialized()));
  }
  BOOST_TEST(!Constraint::from_config(Config()).defined());
  BOOST_TEST(message_of<InvalidArgument>([] { Constraint("norm"); }) ==
             "constraint: expected one of \"max_norm\", \"min_max_norm\", \"non_neg\", \"unit_norm\"; got \"norm\". A "
             "class of one's own "
             "is made known with register_constraint");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
