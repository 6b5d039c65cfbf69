#include "layers/normalization/layer_normalization.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "tests/support/gradient_check.h"
#include "tests/support/layer_test.h"

using namespace cornu;
using namespace cornu::layers;
using test::check_layer;
using test::floats;
using test::message_of;
using test::uniform;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_normalization_layer_normalization)

BOOST_AUTO_TEST_CASE(layers_keep_their_promises) {
  check_layer(
      LayerNormalization(),
      {.input_shapes = {{4, 3}}, .output_shapes = {{4, 3}}, .weights = {"gamma", "beta"}, .supports_masking = true});
  check_layer(
      LayerNormalization({.axis = {1, -1}, .center = false}),
      {.input_shapes = {{2, 3, 4}}, .output_shapes = {{2, 3, 4}}, .weights = {"gamma"}, .supports_masking = true});
  check_layer(
      LayerNormalization({.axis = 1, .scale = false}),
      {.input_shapes = {{2, 3, 4}}, .output_shapes = {{2, 3, 4}}, .weights = {"beta"}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(values_are_those_worked_out_by_hand) {
  LayerNormalization norm({.epsilon = 0.0});
  const Tensor x = floats({1, 5, 100, 104}, {2, 2});
  norm(x);
  norm->set_weights({floats({1, 2}, {2}), floats({0, 10}, {2})});
  BOOST_TEST(values_of(norm(x)) == (std::vector<double>{-1, 12, -1, 12}), boost::test_tools::tolerance(1e-6)
                                                                              << boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(sixteen_bit_inputs_are_normalized_in_float32) {
  // The squares of these numbers overflow float16.
  LayerNormalization norm({.dtype = "mixed_float16"});
  const Tensor y = norm(ops::cast(floats({1000, 3000}, {1, 2}), float16));
  BOOST_TEST(name_of(y.dtype()) == "float16");
  BOOST_TEST(values_of(y) == (std::vector<double>{-1, 1}), boost::test_tools::tolerance(1e-3)
                                                               << boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rejects_an_axis_outside_the_rank) {
  BOOST_TEST(message_of<ShapeError>([] {
               LayerNormalization({.axis = {1, 3}, .name = "norm"})(uniform({2, 3, 4}, 1));
             }) == "LayerNormalization 'norm': axis 3 is out of bounds for input shape (2, 3, 4)");
}

BOOST_AUTO_TEST_SUITE_END()
