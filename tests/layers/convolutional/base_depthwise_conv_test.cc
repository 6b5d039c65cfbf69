#include "layers/convolutional/base_depthwise_conv.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/ops/reshape.h"
#include "layers/convolutional/depthwise_conv1d.h"
#include "layers/convolutional/depthwise_conv2d.h"
#include "tests/support/gradient_check.h"
#include "tests/support/layer_test.h"

using namespace cornu;
using namespace cornu::layers;
using test::check_layer;
using test::floats;
using test::message_of;
using test::uniform;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_convolutional_base_depthwise_conv)

BOOST_AUTO_TEST_CASE(layers_keep_their_promises) {
  check_layer(DepthwiseConv1D(3, {.padding = "same", .depth_multiplier = 2}),
              {.input_shapes = {{2, 5, 3}}, .output_shapes = {{2, 5, 6}}, .weights = {"kernel", "bias"}});
  check_layer(DepthwiseConv2D(3, {.strides = 2, .activation = "relu"}),
              {.input_shapes = {{2, 5, 5, 3}}, .output_shapes = {{2, 2, 2, 3}}, .weights = {"kernel", "bias"}});
  check_layer(DepthwiseConv2D(2, {.data_format = "channels_first", .use_bias = false}),
              {.input_shapes = {{2, 3, 4, 5}}, .output_shapes = {{2, 3, 3, 4}}, .weights = {"kernel"}});
}

BOOST_AUTO_TEST_CASE(each_channel_has_its_own_window) {
  DepthwiseConv1D conv(2, {.depth_multiplier = 2, .use_bias = false});
  const Tensor x = floats({1, 10, 2, 20, 3, 30}, {1, 3, 2});
  conv(x);
  // Kernel (window, channel, multiplier): outputs of a channel stand together.
  conv->set_weights({floats({1, 2, 3, 4, 5, 6, 7, 8}, {2, 2, 2})});
  const std::vector<double> wanted{11, 14, 170, 200, 17, 22, 270, 320};
  BOOST_TEST(values_of(conv(x)) == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(channels_first_equals_channels_last) {
  DepthwiseConv2D last(3, {.padding = "same", .depth_multiplier = 2});
  DepthwiseConv2D first(3, {.padding = "same", .depth_multiplier = 2, .data_format = "channels_first"});
  const Tensor x = uniform({2, 3, 4, 5}, 1);
  const Tensor y = last(x);
  first(ops::transpose(x, {0, 3, 1, 2}));
  first->set_weights(last->get_weights());
  const Tensor z = ops::transpose(Tensor(first(ops::transpose(x, {0, 3, 1, 2}))), {0, 2, 3, 1});
  BOOST_TEST(values_of(z) == values_of(y), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rejects_bad_arguments) {
  BOOST_TEST(message_of<InvalidArgument>([] { DepthwiseConv2D(3, {.depth_multiplier = 0, .name = "dw"}); }) ==
             "DepthwiseConv2D 'dw': depth_multiplier must be positive; got 0");
}

BOOST_AUTO_TEST_SUITE_END()
