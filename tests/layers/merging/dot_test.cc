#include "layers/merging/dot.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Dot;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_merging_dot)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(Dot(1), {.input_shapes = {{2, 3}, {2, 3}}, .output_shapes = {{2, 1}}, .supports_masking = true});
  check_layer(Dot({1, 2}),
              {.input_shapes = {{2, 3, 4}, {2, 5, 3}}, .output_shapes = {{2, 4, 5}}, .supports_masking = true});
  check_layer(Dot(-1, {.normalize = true}),
              {.input_shapes = {{2, 4, 3}, {2, 5, 3}}, .output_shapes = {{2, 4, 5}}, .supports_masking = true});
  check_layer(Dot({2, 1}), {.input_shapes = {{2, 4, 3}, {2, 3}}, .output_shapes = {{2, 4}}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(multiplies_example_by_example) {
  const Tensor a = floats({1, 2, 3, 4}, {2, 2}), b = floats({5, 6, 7, 8}, {2, 2});
  BOOST_TEST(values_of(Dot(1)({a, b})) == (std::vector<double>{17, 53}), boost::test_tools::per_element());
  const Tensor matrix = floats({1, 2, 3, 4}, {1, 2, 2}), vector = floats({1, 10}, {1, 2});
  BOOST_TEST(values_of(Dot({2, 1})({matrix, vector})) == (std::vector<double>{21, 43}),
             boost::test_tools::per_element());
  BOOST_TEST(values_of(Dot({1, 1})({matrix, vector})) == (std::vector<double>{31, 42}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(normalized_it_gives_the_cosine) {
  const Tensor a = floats({3, 4}, {1, 2}), b = floats({4, 3}, {1, 2});
  BOOST_TEST(std::abs(values_of(Dot(1, {.normalize = true})({a, b}))[0] - 0.96) < 1e-6);
}

BOOST_AUTO_TEST_CASE(says_which_sizes_differ) {
  const Tensor a = floats({1, 2}, {1, 2}), b = floats({1, 2, 3}, {1, 3});
  BOOST_TEST(
      message_of<ShapeError>([&] {
        Dot(1, {.name = "d"})({a, b});
      }) ==
      "Dot 'd': expected two inputs of one size along the axes; got 2 (axis 1 of (1, 2)) and 3 (axis 1 of (1, 3))");
  BOOST_TEST(message_of<InvalidArgument>([&] {
               Dot(0, {.name = "d"})({a, a});
             }) == "Dot 'd': axes must not be 0, the batch; got it for an input of shape (1, 2)");
  BOOST_TEST(message_of<InvalidArgument>([&] {
               Dot(1, {.name = "d"})({a, a, a});
             }) == "Dot 'd': expected a list of exactly 2 inputs; got 3. Call it as layer({a, b}).");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
