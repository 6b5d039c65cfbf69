#include "layers/reshaping/up_sampling3d.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::UpSampling3D;
using test::check_layer;

BOOST_AUTO_TEST_SUITE(layers_reshaping_up_sampling3d)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(UpSampling3D({.size = {1, 2, 3}}),
              {.input_shapes = {{1, 2, 3, 2, 2}}, .output_shapes = {{1, 2, 6, 6, 2}}});
  check_layer(UpSampling3D({.data_format = "channels_first"}),
              {.input_shapes = {{1, 2, 3, 2, 2}}, .output_shapes = {{1, 2, 6, 4, 4}}});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
