#include "layers/merging/add.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Add;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_merging_add)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(Add(), {.input_shapes = {{2, 3}, {2, 3}, {2, 3}}, .output_shapes = {{2, 3}}, .supports_masking = true});
  check_layer(Add(), {.input_shapes = {{2, 4, 3}, {2, 3}}, .output_shapes = {{2, 4, 3}}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(merges_element_by_element) {
  const Tensor a = floats({1, 5, -2}, {1, 3}), b = floats({4, 2, -6}, {1, 3});
  BOOST_TEST(values_of(Add()({a, b})) == (std::vector<double>{5, 7, -8}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(needs_a_list_of_inputs_that_broadcast) {
  const Tensor a = floats({1, 2}, {1, 2}), b = floats({1, 2, 3}, {1, 3});
  BOOST_TEST(message_of<InvalidArgument>([&] { Add({.name = "m"})(a); }) ==
             "Add 'm': expected a list of inputs; got a single tensor. Call it as layer({a, b}).");
  BOOST_TEST(message_of<ShapeError>([&] {
               Add({.name = "m"})({a, b});
             }) == "Add 'm': expected inputs whose shapes broadcast; got (1, 2), (1, 3)");
}

BOOST_AUTO_TEST_CASE(result_is_masked_where_every_input_is) {
  const Tensor x = floats({1, 2, 3, 4, 5, 6}, {1, 3, 2});
  const Tensor first = x.with_mask(Tensor::copy({true, false, false}, {1, 3}));
  const Tensor second = x.with_mask(Tensor::copy({true, true, false}, {1, 3}));
  BOOST_TEST(values_of(Add()({first, second}).single().mask()) == (std::vector<double>{1, 1, 0}),
             boost::test_tools::per_element());
  BOOST_TEST(!Add()({first, x}).single().mask().defined());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
