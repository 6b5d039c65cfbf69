#include "layers/reshaping/cropping3d.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Cropping3D;
using test::check_layer;

BOOST_AUTO_TEST_SUITE(layers_reshaping_cropping3d)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(Cropping3D(), {.input_shapes = {{1, 4, 5, 6, 2}}, .output_shapes = {{1, 2, 3, 4, 2}}});
  check_layer(Cropping3D({.cropping = {{1, 0}, {0, 2}, {2, 1}}}),
              {.input_shapes = {{1, 4, 5, 6, 2}}, .output_shapes = {{1, 3, 3, 3, 2}}});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
