#include "layers/reshaping/cropping2d.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Cropping2D;
using test::check_layer;
using test::floats;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_reshaping_cropping2d)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(Cropping2D({.cropping = {{1, 2}, {0, 1}}}),
              {.input_shapes = {{2, 6, 5, 3}}, .output_shapes = {{2, 3, 4, 3}}});
  check_layer(Cropping2D({.cropping = 1, .data_format = "channels_first"}),
              {.input_shapes = {{2, 3, 6, 5}}, .output_shapes = {{2, 3, 4, 3}}});
  check_layer(Cropping2D(), {.input_shapes = {{2, 6, 5, 3}}, .output_shapes = {{2, 6, 5, 3}}});
}

BOOST_AUTO_TEST_CASE(keeps_the_middle) {
  BOOST_TEST(values_of(Cropping2D({.cropping = 1})(floats({1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 3, 3, 1})))[0] == 5.0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
