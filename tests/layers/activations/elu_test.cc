#include "layers/activations/elu.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::ELU;
using test::check_layer;
using test::floats;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_activations_elu)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(ELU({.alpha = 0.7}), {.input_shapes = {{2, 3}}, .output_shapes = {{2, 3}}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(approaches_minus_alpha) {
  const std::vector<double> y = values_of(ELU({.alpha = 2.0})(floats({-100, -1, 0, 3, 200}, {1, 5})));
  BOOST_TEST(y[0] == -2.0);
  BOOST_TEST(std::abs(y[1] - 2.0 * std::expm1(-1.0)) < 1e-6);
  BOOST_TEST(y[2] == 0.0);
  BOOST_TEST(y[3] == 3.0);
  BOOST_TEST(y[4] == 200.0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
