#include "layers/activations/softmax.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Softmax;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_activations_softmax)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(Softmax(), {.input_shapes = {{2, 3}}, .output_shapes = {{2, 3}}, .supports_masking = true});
  check_layer(Softmax({.axis = {1, 2}}),
              {.input_shapes = {{2, 3, 4}}, .output_shapes = {{2, 3, 4}}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(adds_up_to_one_along_its_axes) {
  const std::vector<double> rows = values_of(Softmax({.axis = 0})(floats({0, 5, 0, 5}, {2, 2})));
  BOOST_TEST(rows == (std::vector<double>{0.5, 0.5, 0.5, 0.5}), boost::test_tools::per_element());
  const std::vector<double> all = values_of(Softmax({.axis = {1, 2}})(floats({3, 3, 3, 3}, {1, 2, 2})));
  BOOST_TEST(all == (std::vector<double>{0.25, 0.25, 0.25, 0.25}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(gives_nothing_where_the_mask_is_false) {
  const Tensor mask = Tensor::copy({true, false, true}, {1, 3});
  BOOST_TEST(values_of(Softmax()(floats({1, 9, 1}, {1, 3}), {.mask = {mask}})) == (std::vector<double>{0.5, 0, 0.5}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rejects_a_mask_that_does_not_broadcast) {
  const Tensor x = floats({1, 2, 3, 4, 5, 6}, {1, 2, 3}).with_mask(Tensor::copy({true, false}, {1, 2}));
  BOOST_TEST(message_of<ShapeError>([&] { Softmax({.name = "s"})(x); }) ==
             "Softmax 's': expected a mask that broadcasts to the input of shape (1, 2, 3); got one of shape (1, 2). "
             "Give the call "
             "a mask of its own.");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
