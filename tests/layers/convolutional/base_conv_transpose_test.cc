#include "layers/convolutional/base_conv_transpose.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/ops/reshape.h"
#include "layers/convolutional/conv1d_transpose.h"
#include "layers/convolutional/conv2d_transpose.h"
#include "layers/convolutional/conv3d_transpose.h"
#include "layers/core/input.h"
#include "tests/support/gradient_check.h"
#include "tests/support/layer_test.h"

using namespace cornu;
using namespace cornu::layers;
using test::check_layer;
using test::floats;
using test::message_of;
using test::uniform;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_convolutional_base_conv_transpose)

BOOST_AUTO_TEST_CASE(layers_keep_their_promises) {
  check_layer(Conv1DTranspose(4, 3, {.strides = 2}),
              {.input_shapes = {{2, 4, 3}}, .output_shapes = {{2, 9, 4}}, .weights = {"kernel", "bias"}});
  check_layer(Conv2DTranspose(4, 3, {.strides = 2, .padding = "same", .output_padding = 1, .activation = "relu"}),
              {.input_shapes = {{2, 3, 4, 2}}, .output_shapes = {{2, 6, 8, 4}}, .weights = {"kernel", "bias"}});
  check_layer(Conv2DTranspose(2, 3, {.strides = {2, 1}, .data_format = "channels_first", .use_bias = false}),
              {.input_shapes = {{2, 3, 3, 4}}, .output_shapes = {{2, 2, 7, 6}}, .weights = {"kernel"}});
  check_layer(Conv3DTranspose(1, 2, {.strides = 2}),
              {.input_shapes = {{1, 1, 2, 2, 2}}, .output_shapes = {{1, 2, 4, 4, 1}}, .weights = {"kernel", "bias"}});
}

BOOST_AUTO_TEST_CASE(values_are_those_worked_out_by_hand) {
  Conv1DTranspose conv(1, 3, {.strides = 2, .use_bias = false});
  const Tensor x = floats({1, 2}, {1, 2, 1});
  conv(x);
  conv->set_weights({floats({1, 10, 100}, {3, 1, 1})});
  // 1 * (1, 10, 100, ., .) + 2 * (., ., 1, 10, 100)
  const std::vector<double> wanted{1, 10, 102, 20, 200};
  BOOST_TEST(values_of(conv(x)) == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(even_window_with_output_padding_has_the_size_of_the_table) {
  // k = 2, s = 2, p = 0: (n - 1) s + k mod 2 + p.
  const Tensor y = Conv1DTranspose(1, 2, {.strides = 2, .padding = "same", .output_padding = 0})(uniform({1, 3, 1}, 1));
  BOOST_TEST(y.shape().to_string() == "(1, 4, 1)");
}

BOOST_AUTO_TEST_CASE(channels_first_equals_channels_last) {
  Conv2DTranspose last(4, {3, 2}, {.strides = 2, .padding = "same"});
  Conv2DTranspose first(4, {3, 2}, {.strides = 2, .padding = "same", .data_format = "channels_first"});
  const Tensor x = uniform({2, 3, 4, 5}, 1);
  const Tensor y = last(x);
  first(ops::transpose(x, {0, 3, 1, 2}));
  first->set_weights(last->get_weights());
  const Tensor z = ops::transpose(Tensor(first(ops::transpose(x, {0, 3, 1, 2}))), {0, 2, 3, 1});
  BOOST_TEST(values_of(z) == values_of(y), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(unknown_sizes_stay_unknown) {
  const Tensor y = Conv2DTranspose(4, 3, {.strides = 2, .padding = "same"})(Input({kUnknown, 8, 2}));
  BOOST_TEST(y.shape().to_string() == "(None, None, 16, 4)");
}

BOOST_AUTO_TEST_CASE(rejects_bad_arguments) {
  BOOST_TEST(
      message_of<InvalidArgument>([] {
        Conv2DTranspose(1, 3, {.strides = {2, 1}, .output_padding = 1});
      }) ==
      "Conv2DTranspose 'conv2d_transpose': output_padding must be strictly less than strides along every axis; got "
      "output_padding (1, 1) and strides (2, 1)");
  BOOST_TEST(message_of<InvalidArgument>([] { Conv1DTranspose(1, 3, {.padding = "causal"}); }) ==
             "Conv1DTranspose 'conv1d_transpose': padding must be \"valid\" or \"same\"; got \"causal\"");
}

BOOST_AUTO_TEST_SUITE_END()
