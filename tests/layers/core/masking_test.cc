#include "layers/core/masking.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Masking;
using test::check_layer;
using test::floats;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_core_masking)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(Masking(), {.input_shapes = {{2, 3, 4}}, .output_shapes = {{2, 3, 4}}, .supports_masking = true});
  check_layer(Masking({.mask_value = -1.0}),
              {.input_shapes = {{2, 3, 4}}, .output_shapes = {{2, 3, 4}}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(masks_timesteps_that_hold_the_value_everywhere) {
  const Tensor y = Masking({.mask_value = 7.0})(floats({7, 7, 7, 1, 2, 3}, {1, 3, 2}));
  BOOST_TEST(values_of(y) == (std::vector<double>{0, 0, 7, 1, 2, 3}), boost::test_tools::per_element());
  BOOST_TEST(values_of(y.mask()) == (std::vector<double>{0, 1, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
