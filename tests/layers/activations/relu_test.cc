#include "layers/activations/relu.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::ReLU;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_activations_relu)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(ReLU(), {.input_shapes = {{2, 3}}, .output_shapes = {{2, 3}}, .supports_masking = true});
  check_layer(ReLU({.max_value = 0.5, .negative_slope = 0.1, .threshold = 0.2}),
              {.input_shapes = {{2, 3, 4}}, .output_shapes = {{2, 3, 4}}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(follows_keras_general_form) {
  const Tensor x = floats({-2, 0.5, 1, 3, 9}, {1, 5});
  // negative_slope * (x - threshold) up to the threshold, and saturation at max_value
  BOOST_TEST(values_of(ReLU({.max_value = 4.0, .negative_slope = 0.5, .threshold = 1.0})(x)) ==
                 (std::vector<double>{-1.5, -0.25, 0, 3, 4}),
             boost::test_tools::per_element());
  BOOST_TEST(values_of(ReLU({.max_value = 2.0})(x)) == (std::vector<double>{0, 0.5, 1, 2, 2}),
             boost::test_tools::per_element());
  BOOST_TEST(values_of(ReLU({.negative_slope = 0.5})(x)) == (std::vector<double>{-1, 0.5, 1, 3, 9}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rejects_negative_options) {
  BOOST_TEST(message_of<InvalidArgument>([] { ReLU({.max_value = -1.0, .name = "r"}); }) ==
             "ReLU 'r': max_value must not be negative; got -1.000000");
  BOOST_TEST(message_of<InvalidArgument>([] { ReLU({.negative_slope = -1.0, .name = "r"}); }) ==
             "ReLU 'r': negative_slope must not be negative; got -1.000000");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
