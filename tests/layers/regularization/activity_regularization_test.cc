#include "layers/regularization/activity_regularization.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::ActivityRegularization;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_regularization_activity_regularization)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(ActivityRegularization({.l1 = 0.1, .l2 = 0.2}),
              {.input_shapes = {{2, 3}}, .output_shapes = {{2, 3}}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(adds_its_penalty_per_example_to_the_loss) {
  const LossScope scope;
  const Tensor x = floats({1, -2, 3, 0}, {2, 2});
  BOOST_TEST(values_of(ActivityRegularization({.l1 = 1, .l2 = 10})(x)) == values_of(x),
             boost::test_tools::per_element());
  BOOST_TEST_REQUIRE(scope.losses().size() == 1u);
  // (6 + 10 * 14) / 2
  BOOST_TEST(scope.losses()[0].item() == 73.0);
}

BOOST_AUTO_TEST_CASE(rejects_negative_factors) {
  BOOST_TEST(message_of<InvalidArgument>([] { ActivityRegularization({.l1 = -1}); }) ==
             "regularizer: expected a finite l1 of at least 0; got -1.000000");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
