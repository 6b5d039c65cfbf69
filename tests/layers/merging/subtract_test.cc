#include "layers/merging/subtract.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Subtract;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_merging_subtract)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(Subtract(), {.input_shapes = {{2, 3}, {2, 3}}, .output_shapes = {{2, 3}}, .supports_masking = true});
  check_layer(Subtract(),
              {.input_shapes = {{2, 4, 3}, {2, 3}}, .output_shapes = {{2, 4, 3}}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(merges_element_by_element) {
  const Tensor a = floats({1, 5, -2}, {1, 3}), b = floats({4, 2, -6}, {1, 3});
  BOOST_TEST(values_of(Subtract()({a, b})) == (std::vector<double>{-3, 3, 4}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(needs_a_list_of_inputs_that_broadcast) {
  const Tensor a = floats({1, 2}, {1, 2}), b = floats({1, 2, 3}, {1, 3});
  BOOST_TEST(message_of<InvalidArgument>([&] { Subtract({.name = "m"})(a); }) ==
             "Subtract 'm': expected a list of exactly 2 inputs; got a single tensor. Call it as layer({a, b}).");
  BOOST_TEST(message_of<ShapeError>([&] {
               Subtract({.name = "m"})({a, b});
             }) == "Subtract 'm': expected inputs whose shapes broadcast; got (1, 2), (1, 3)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
