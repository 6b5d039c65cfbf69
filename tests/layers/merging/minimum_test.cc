#include "layers/merging/minimum.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Minimum;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_merging_minimum)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(Minimum(),
              {.input_shapes = {{2, 3}, {2, 3}, {2, 3}}, .output_shapes = {{2, 3}}, .supports_masking = true});
  check_layer(Minimum(), {.input_shapes = {{2, 4, 3}, {2, 3}}, .output_shapes = {{2, 4, 3}}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(merges_element_by_element) {
  const Tensor a = floats({1, 5, -2}, {1, 3}), b = floats({4, 2, -6}, {1, 3});
  BOOST_TEST(values_of(Minimum()({a, b})) == (std::vector<double>{1, 2, -6}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(needs_a_list_of_inputs_that_broadcast) {
  const Tensor a = floats({1, 2}, {1, 2}), b = floats({1, 2, 3}, {1, 3});
  BOOST_TEST(message_of<InvalidArgument>([&] { Minimum({.name = "m"})(a); }) ==
             "Minimum 'm': expected a list of inputs; got a single tensor. Call it as layer({a, b}).");
  BOOST_TEST(message_of<ShapeError>([&] {
               Minimum({.name = "m"})({a, b});
             }) == "Minimum 'm': expected inputs whose shapes broadcast; got (1, 2), (1, 3)");
}

BOOST_AUTO_TEST_CASE(leaves_out_what_is_masked) {
  const Tensor a = floats({9, -9, 4}, {1, 3, 1}).with_mask(Tensor::copy({true, false, false}, {1, 3}));
  const Tensor b = floats({5, 6, 7}, {1, 3, 1}).with_mask(Tensor::copy({false, true, false}, {1, 3}));
  const std::vector<double> y = values_of(Minimum()({a, b}));
  BOOST_TEST(y[0] == 9.0);
  BOOST_TEST(y[1] == 6.0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
