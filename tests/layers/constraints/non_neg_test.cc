#include "layers/constraints/non_neg.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using test::floats;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_constraints_non_neg)

BOOST_AUTO_TEST_CASE(makes_negative_weights_zero) {
  BOOST_TEST(values_of(Constraint("non_neg")(floats({1, -2, 0}, {3}))) == (std::vector<double>{1, 0, 0}),
             boost::test_tools::per_element());
  BOOST_TEST(constraints::NonNeg().serialized().at("class_name").as_string() == "NonNeg");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
