#include "layers/regularizers/orthogonal_regularizer.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using regularizers::OrthogonalRegularizer;
using test::floats;
using test::message_of;

BOOST_AUTO_TEST_SUITE(layers_regularizers_orthogonal_regularizer)

BOOST_AUTO_TEST_CASE(averages_cosines_of_pairs) {
  // Rows (3, 4) and (4, 3) have the cosine 0.96; the columns are the same. One pair.
  const Tensor x = floats({3, 4, 4, 3}, {2, 2});
  BOOST_TEST(std::abs(OrthogonalRegularizer({.factor = 0.5})(x).item() - 0.48) < 1e-6);
  BOOST_TEST(std::abs(OrthogonalRegularizer({.factor = 0.5, .mode = "columns"})(x).item() - 0.48) < 1e-6);
  BOOST_TEST(OrthogonalRegularizer()(floats({1, 0, 0, 2}, {2, 2})).item() == 0.0);
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong) {
  BOOST_TEST(message_of<InvalidArgument>([] { OrthogonalRegularizer({.mode = "row"}); }) ==
             "OrthogonalRegularizer: mode must be \"rows\" or \"columns\"; got \"row\"");
  BOOST_TEST(message_of<ShapeError>([] { OrthogonalRegularizer()(floats({1}, {1})); }) ==
             "OrthogonalRegularizer: expected a weight of rank 2; got shape (1,)");
}

BOOST_AUTO_TEST_CASE(round_trips_through_its_configuration) {
  const Config config = OrthogonalRegularizer({.factor = 0.25, .mode = "columns"}).serialized();
  BOOST_TEST((Regularizer::from_config(config).serialized() == config));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
