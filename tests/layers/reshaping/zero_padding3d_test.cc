#include "layers/reshaping/zero_padding3d.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::ZeroPadding3D;
using test::check_layer;

BOOST_AUTO_TEST_SUITE(layers_reshaping_zero_padding3d)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(ZeroPadding3D(), {.input_shapes = {{1, 2, 3, 4, 2}}, .output_shapes = {{1, 4, 5, 6, 2}}});
  check_layer(ZeroPadding3D({.padding = {{1, 2}, {0, 1}, {3, 0}}}),
              {.input_shapes = {{1, 2, 3, 4, 2}}, .output_shapes = {{1, 5, 4, 7, 2}}});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
