#include "layers/merging/l2_distance.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/autodiff/gradient_tape.h"
#include "layers/registry.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::L2Distance;
using test::check_layer;
using test::floats;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_merging_l2_distance)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(L2Distance(), {.input_shapes = {{2, 3}, {2, 3}}, .output_shapes = {{2, 1}}, .supports_masking = true});
  check_layer(L2Distance({.axis = 1, .keepdims = false}),
              {.input_shapes = {{2, 4, 3}, {2, 4, 3}}, .output_shapes = {{2, 3}}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(measures_euclidean_distance) {
  const Tensor a = floats({0, 0, 1, 1}, {2, 2}), b = floats({3, 4, 1, 1}, {2, 2});
  BOOST_TEST(values_of(L2Distance()({a, b})) == (std::vector<double>{5, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(gradients_are_finite_for_identical_and_for_zero_inputs) {
  for (const Tensor& x : {floats({1, 2}, {1, 2}), floats({0, 0}, {1, 2})}) {
    const Tensor other = x.clone();
    const GradientTape tape;
    const Tensor distance = L2Distance()({x, other});
    for (const Tensor& gradient : tape.gradient(distance, Tensors{x, other})) {
      for (const double value : values_of(gradient)) BOOST_TEST(std::isfinite(value));
    }
  }
}

BOOST_AUTO_TEST_CASE(is_saved_as_a_class_of_cornus_own) {
  const Config serialized = serialize_layer(*L2Distance({.axis = 1}));
  BOOST_TEST(serialized.at("registered_name").as_string() == "cornu>L2Distance");
  BOOST_TEST((layer_from_config(serialized)->config() == serialized.at("config")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
