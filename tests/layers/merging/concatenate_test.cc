#include "layers/merging/concatenate.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Concatenate;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_merging_concatenate)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(Concatenate(), {.input_shapes = {{2, 3}, {2, 1}}, .output_shapes = {{2, 4}}, .supports_masking = true});
  check_layer(
      Concatenate({.axis = 1}),
      {.input_shapes = {{2, 3, 4}, {2, 1, 4}, {2, 2, 4}}, .output_shapes = {{2, 6, 4}}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(puts_inputs_one_after_the_other) {
  const Tensor a = floats({1, 2}, {1, 2}), b = floats({3}, {1, 1});
  BOOST_TEST(values_of(Concatenate()({a, b})) == (std::vector<double>{1, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_input_without_a_mask_counts_everywhere) {
  const Tensor a = floats({1, 2}, {1, 2, 1}).with_mask(Tensor::copy({true, false}, {1, 2}));
  const Tensor b = floats({3, 4}, {1, 2, 1});
  BOOST_TEST(values_of(Concatenate({.axis = 1})({a, b}).single().mask()) == (std::vector<double>{1, 0, 1, 1}),
             boost::test_tools::per_element());
  BOOST_TEST(values_of(Concatenate({.axis = -1})({a, b}).single().mask()) == (std::vector<double>{1, 1}),
             boost::test_tools::per_element());
  BOOST_TEST(!Concatenate()({b, b}).single().mask().defined());
}

BOOST_AUTO_TEST_CASE(other_axes_have_to_match) {
  const Tensor a = floats({1, 2}, {1, 2}), b = floats({1, 2}, {2, 1});
  BOOST_TEST(
      message_of<ShapeError>([&] {
        Concatenate({.name = "c"})({a, b});
      }) ==
      "Concatenate 'c': expected inputs of matching shapes except for axis -1, along which they are put together; got "
      "shapes (1, 2), (2, 1)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
