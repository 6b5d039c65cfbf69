#include "layers/normalization/rms_normalization.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/layer_test.h"

using namespace cornu;
using namespace cornu::layers;
using test::check_layer;
using test::floats;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_normalization_rms_normalization)

BOOST_AUTO_TEST_CASE(layers_keep_their_promises) {
  check_layer(RMSNormalization(), {.input_shapes = {{4, 3}}, .output_shapes = {{4, 3}}, .weights = {"scale"}});
  check_layer(RMSNormalization({.axis = {1, 2}}),
              {.input_shapes = {{2, 3, 4}}, .output_shapes = {{2, 3, 4}}, .weights = {"scale"}});
}

BOOST_AUTO_TEST_CASE(values_are_those_worked_out_by_hand) {
  RMSNormalization norm({.epsilon = 0.0});
  // Root mean square of 1 and 7: 5.
  const Tensor x = floats({1, 7}, {1, 2});
  BOOST_TEST(values_of(norm(x)) == (std::vector<double>{0.2, 1.4}), boost::test_tools::tolerance(1e-6)
                                                                        << boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
