#include "layers/reshaping/flatten.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Flatten;
using test::check_layer;
using test::floats;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_reshaping_flatten)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(Flatten(), {.input_shapes = {{2, 3, 4, 5}}, .output_shapes = {{2, 60}}});
  check_layer(Flatten({.data_format = "channels_first"}), {.input_shapes = {{2, 3, 4}}, .output_shapes = {{2, 12}}});
  check_layer(Flatten(), {.input_shapes = {{3}}, .output_shapes = {{3, 1}}});
}

BOOST_AUTO_TEST_CASE(channels_first_gives_the_order_of_channels_last) {
  const Tensor x = floats({1, 2, 3, 4, 5, 6}, {1, 2, 3});
  BOOST_TEST(values_of(Flatten()(x)) == (std::vector<double>{1, 2, 3, 4, 5, 6}), boost::test_tools::per_element());
  BOOST_TEST(values_of(Flatten({.data_format = "channels_first"})(x)) == (std::vector<double>{1, 4, 2, 5, 3, 6}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(sizes_may_be_unknown) {
  BOOST_TEST(Flatten()->compute_output_shape({{kUnknown, kUnknown, 4}})[0].to_string() == "(None, None)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
