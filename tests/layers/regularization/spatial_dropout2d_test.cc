#include "layers/regularization/spatial_dropout2d.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/ops/broadcast_constant.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::SpatialDropout2D;
using test::check_layer;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_regularization_spatial_dropout2d)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(SpatialDropout2D(0.25), {.input_shapes = {{4, 5, 2, 3}},
                                       .output_shapes = {{4, 5, 2, 3}},
                                       .num_seed_states = 1,
                                       .supports_masking = true});
  check_layer(SpatialDropout2D(0.25, {.data_format = "channels_first"}), {.input_shapes = {{4, 5, 2, 3}},
                                                                          .output_shapes = {{4, 5, 2, 3}},
                                                                          .num_seed_states = 1,
                                                                          .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(drops_whole_channels) {
  const std::vector<double> y =
      values_of(SpatialDropout2D(0.5, {.seed = 1})(ops::ones({4, 5, 2, 3}), {.training = true}));
  std::size_t dropped = 0;
  for (std::size_t example = 0; example < 4; ++example) {
    for (std::size_t channel = 0; channel < 3; ++channel) {
      const double first = y[example * 30 + channel];
      if (first == 0.0) ++dropped;
      for (std::size_t place = 0; place < 10; ++place) BOOST_TEST(y[example * 30 + place * 3 + channel] == first);
    }
  }
  BOOST_TEST(dropped > 0u);
  BOOST_TEST(dropped < 12u);
}

BOOST_AUTO_TEST_CASE(writes_the_arguments_that_keras_takes) {
  BOOST_TEST(!SpatialDropout2D(0.5)->config().contains("trainable"));
  BOOST_TEST(SpatialDropout2D(0.5)->config().at("dtype").as_string() == "float32");
}

BOOST_AUTO_TEST_CASE(rejects_rate_outside_of_0_to_1) {
  BOOST_TEST(message_of<InvalidArgument>([] { SpatialDropout2D(1.5, {.name = "d"}); }) ==
             "SpatialDropout2D 'd': rate must lie between 0 and 1; got 1.500000");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
