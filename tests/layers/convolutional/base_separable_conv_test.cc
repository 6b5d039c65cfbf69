#include "layers/convolutional/base_separable_conv.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/ops/reshape.h"
#include "layers/convolutional/separable_conv1d.h"
#include "layers/convolutional/separable_conv2d.h"
#include "tests/support/gradient_check.h"
#include "tests/support/layer_test.h"

using namespace cornu;
using namespace cornu::layers;
using test::check_layer;
using test::floats;
using test::message_of;
using test::uniform;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_convolutional_base_separable_conv)

BOOST_AUTO_TEST_CASE(layers_keep_their_promises) {
  const std::vector<std::string> weights{"depthwise_kernel", "pointwise_kernel", "bias"};
  check_layer(SeparableConv1D(4, 3, {.padding = "same", .depth_multiplier = 2}),
              {.input_shapes = {{2, 5, 3}}, .output_shapes = {{2, 5, 4}}, .weights = weights});
  check_layer(SeparableConv2D(4, 3, {.strides = 2, .activation = "relu"}),
              {.input_shapes = {{2, 5, 5, 3}}, .output_shapes = {{2, 2, 2, 4}}, .weights = weights});
}

BOOST_AUTO_TEST_CASE(channels_are_mixed_after_the_windows) {
  SeparableConv1D conv(1, 2, {.use_bias = false});
  const Tensor x = floats({1, 10, 2, 20}, {1, 2, 2});
  conv(x);
  conv->set_weights({floats({1, 2, 3, 4}, {2, 2, 1}), floats({1, 0.5}, {1, 2, 1})});
  // Channel 0: 1 + 2 * 3 = 7; channel 1: 10 * 2 + 20 * 4 = 100.
  BOOST_TEST(values_of(conv(x)) == std::vector<double>{57}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(channels_first_equals_channels_last) {
  SeparableConv2D last(3, 2, {.padding = "same"});
  SeparableConv2D first(3, 2, {.padding = "same", .data_format = "channels_first"});
  const Tensor x = uniform({2, 3, 4, 5}, 1);
  const Tensor y = last(x);
  first(ops::transpose(x, {0, 3, 1, 2}));
  first->set_weights(last->get_weights());
  const Tensor z = ops::transpose(Tensor(first(ops::transpose(x, {0, 3, 1, 2}))), {0, 2, 3, 1});
  BOOST_TEST(values_of(z) == values_of(y), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rejects_bad_arguments) {
  BOOST_TEST(message_of<InvalidArgument>([] { SeparableConv2D(-1, 3); }) ==
             "SeparableConv2D 'separable_conv2d': filters must be positive; got -1");
}

BOOST_AUTO_TEST_SUITE_END()
