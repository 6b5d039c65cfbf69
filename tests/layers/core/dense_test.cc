#include "layers/core/dense.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Dense;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_core_dense)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(
      Dense(4),
      {.input_shapes = {{3, 5}}, .output_shapes = {{3, 4}}, .weights = {"kernel", "bias"}, .supports_masking = true});
  check_layer(
      Dense(2, {.activation = "tanh", .use_bias = false, .name = "narrow"}),
      {.input_shapes = {{3, 4, 5}}, .output_shapes = {{3, 4, 2}}, .weights = {"kernel"}, .supports_masking = true});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
