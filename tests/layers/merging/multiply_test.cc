#include "layers/merging/multiply.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Multiply;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_merging_multiply)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(Multiply(),
              {.input_shapes = {{2, 3}, {2, 3}, {2, 3}}, .output_shapes = {{2, 3}}, .supports_masking = true});
  check_layer(Multiply(),
              {.input_shapes = {{2, 4, 3}, {2, 3}}, .output_shapes = {{2, 4, 3}}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(merges_element_by_element) {
  const Tensor a = floats({1, 5, -2}, {1, 3}), b = floats({4, 2, -6}, {1, 3});
  BOOST_TEST(values_of(Multiply()({a, b})) == (std::vector<double>{4, 10, 12}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(needs_a_list_of_inputs_that_broadcast) {
  const Tensor a = floats({1, 2}, {1, 2}), b = floats({1, 2, 3}, {1, 3});
  BOOST_TEST(message_of<InvalidArgument>([&] { Multiply({.name = "m"})(a); }) ==
             "Multiply 'm': expected a list of inputs; got a single tensor. Call it as layer({a, b}).");
  BOOST_TEST(message_of<ShapeError>([&] {
               Multiply({.name = "m"})({a, b});
             }) == "Multiply 'm': expected inputs whose shapes broadcast; got (1, 2), (1, 3)");
}

// Numbers of Keras: what is masked out counts as 1, and as 0 where it is masked out everywhere.
BOOST_AUTO_TEST_CASE(leaves_out_what_is_masked) {
  const Tensor a = floats({2, 3, 4}, {1, 3, 1}).with_mask(Tensor::copy({true, false, false}, {1, 3}));
  const Tensor b = floats({5, 6, 7}, {1, 3, 1}).with_mask(Tensor::copy({true, true, false}, {1, 3}));
  const Tensor y = Multiply()({a, b});
  BOOST_TEST(values_of(y) == (std::vector<double>{10, 6, 0}), boost::test_tools::per_element());
  BOOST_TEST(values_of(y.mask()) == (std::vector<double>{1, 1, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
