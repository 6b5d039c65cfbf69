#include "layers/reshaping/up_sampling2d.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::UpSampling2D;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_reshaping_up_sampling2d)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(UpSampling2D({.size = {2, 3}}), {.input_shapes = {{2, 3, 2, 2}}, .output_shapes = {{2, 6, 6, 2}}});
  check_layer(UpSampling2D({.data_format = "channels_first"}),
              {.input_shapes = {{2, 3, 2, 2}}, .output_shapes = {{2, 3, 4, 4}}});
  for (const char* interpolation : {"bilinear", "bicubic"}) {
    check_layer(UpSampling2D({.interpolation = interpolation}),
                {.input_shapes = {{2, 3, 2, 2}}, .output_shapes = {{2, 6, 4, 2}}});
  }
}

BOOST_AUTO_TEST_CASE(repeats_rows_and_columns) {
  BOOST_TEST(
      values_of(UpSampling2D({.size = {2, 1}})(floats({1, 2}, {1, 1, 2, 1}))) == (std::vector<double>{1, 2, 1, 2}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(bilinear_interpolates_between_centres) {
  BOOST_TEST(values_of(UpSampling2D({.size = {1, 2}, .interpolation = "bilinear"})(floats({0, 4}, {1, 1, 2, 1}))) ==
                 (std::vector<double>{0, 1, 3, 4}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(says_what_it_does_not_know) {
  BOOST_TEST(message_of<InvalidArgument>([] { UpSampling2D({.interpolation = "area", .name = "u"}); }) ==
             "UpSampling2D 'u': interpolation must be \"nearest\", \"bilinear\" or \"bicubic\"; got \"area\"");
  BOOST_TEST(message_of<InvalidArgument>([] { UpSampling2D({.size = 0, .name = "u"}); }) ==
             "UpSampling2D 'u': size must be an integer or 2 integers, each at least 1; got 0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
