#include "layers/activations/leaky_relu.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "layers/registry.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::LeakyReLU;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_activations_leaky_relu)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(LeakyReLU({.negative_slope = 0.2}),
              {.input_shapes = {{2, 3}}, .output_shapes = {{2, 3}}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(scales_negative_values) {
  BOOST_TEST(
      values_of(LeakyReLU({.negative_slope = 0.25})(floats({-4, 0, 2}, {1, 3}))) == (std::vector<double>{-1, 0, 2}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rejects_a_negative_slope) {
  BOOST_TEST(message_of<InvalidArgument>([] { LeakyReLU({.negative_slope = -0.5, .name = "l"}); }) ==
             "LeakyReLU 'l': negative_slope must not be negative; got -0.500000");
}

BOOST_AUTO_TEST_CASE(reads_what_keras_2_called_alpha) {
  const AnyLayer layer =
      layer_from_config(Config::dict({{"class_name", "LeakyReLU"}, {"config", Config::dict({{"alpha", 0.5}})}}));
  BOOST_TEST(layer->config().at("negative_slope").as_double() == 0.5);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
