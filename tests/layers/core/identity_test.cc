#include "layers/core/identity.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Identity;
using test::check_layer;
using test::floats;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_core_identity)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(Identity(), {.input_shapes = {{2, 3}}, .output_shapes = {{2, 3}}, .supports_masking = true});
  check_layer(Identity(),
              {.input_shapes = {{2, 3}, {2, 1}}, .output_shapes = {{2, 3}, {2, 1}}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(passes_values_and_masks_on) {
  const Tensor mask = Tensor::copy({true, false}, {1, 2});
  const Tensor y = Identity()(floats({1, 2}, {1, 2}).with_mask(mask));
  BOOST_TEST(values_of(y) == (std::vector<double>{1, 2}), boost::test_tools::per_element());
  BOOST_TEST(values_of(y.mask()) == (std::vector<double>{1, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
