#include "layers/convolutional/base_conv.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/ops/reshape.h"
#include "layers/convolutional/conv1d.h"
#include "layers/convolutional/conv2d.h"
#include "layers/convolutional/conv3d.h"
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

namespace {

// The image 1 ... 12 of size 3 x 4.
Tensor small_image() { return floats({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, {1, 3, 4, 1}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(layers_convolutional_base_conv)

BOOST_AUTO_TEST_CASE(layers_keep_their_promises) {
  check_layer(Conv1D(4, 3, {.padding = "causal", .dilation_rate = 2, .activation = "relu"}),
              {.input_shapes = {{2, 8, 3}}, .output_shapes = {{2, 8, 4}}, .weights = {"kernel", "bias"}});
  check_layer(Conv2D(4, {3, 2}, {.strides = {2, 1}, .padding = "same", .groups = 2, .use_bias = false}),
              {.input_shapes = {{2, 5, 4, 6}}, .output_shapes = {{2, 3, 4, 4}}, .weights = {"kernel"}});
  check_layer(Conv2D(4, 3, {.data_format = "channels_first", .activation = "tanh"}),
              {.input_shapes = {{2, 3, 5, 6}}, .output_shapes = {{2, 4, 3, 4}}, .weights = {"kernel", "bias"}});
  check_layer(Conv2D(4, 2, {.kernel_regularizer = "l2", .lora_rank = 2}),
              {.input_shapes = {{2, 4, 4, 3}},
               .output_shapes = {{2, 3, 3, 4}},
               .weights = {"kernel", "bias", "lora_kernel_a", "lora_kernel_b"},
               .num_trainable = 3});
  check_layer(Conv3D(2, {1, 2, 2}),
              {.input_shapes = {{1, 2, 3, 4, 2}}, .output_shapes = {{1, 2, 2, 3, 2}}, .weights = {"kernel", "bias"}});
}

BOOST_AUTO_TEST_CASE(values_are_those_worked_out_by_hand) {
  Conv2D conv(1, {2, 2}, {.bias_initializer = "ones"});
  conv(small_image());
  // Corners of the window, weighted 1, 10, 100 and 1000: no two mix-ups of axes give the same sums.
  conv->set_weights({floats({1, 10, 100, 1000}, {2, 2, 1, 1}), floats({1}, {1})});
  const std::vector<double> wanted{6522, 7633, 8744, 10966, 12077, 13188};
  BOOST_TEST(values_of(conv(small_image())) == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(causal_outputs_do_not_depend_on_later_inputs) {
  Conv1D conv(1, 2, {.padding = "causal", .dilation_rate = 2, .use_bias = false});
  const Tensor x = floats({1, 2, 3, 4, 5}, {1, 5, 1});
  conv(x);
  conv->set_weights({floats({10, 1}, {2, 1, 1})});
  const std::vector<double> wanted{1, 2, 13, 24, 35};
  BOOST_TEST(values_of(conv(x)) == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(channels_first_equals_channels_last) {
  Conv2D last(4, 3, {.strides = 2, .padding = "same", .groups = 2});
  Conv2D first(4, 3, {.strides = 2, .padding = "same", .data_format = "channels_first", .groups = 2});
  const Tensor x = uniform({2, 5, 4, 6}, 1);
  const Tensor y = last(x);
  first(ops::transpose(x, {0, 3, 1, 2}));
  first->set_weights(last->get_weights());
  const Tensor z = ops::transpose(Tensor(first(ops::transpose(x, {0, 3, 1, 2}))), {0, 2, 3, 1});
  BOOST_TEST(values_of(z) == values_of(y), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(second_call_adds_no_weights) {
  Conv2D conv(3, 3);
  const Tensor x = uniform({1, 5, 5, 2}, 1);
  conv(x);
  conv(uniform({4, 9, 7, 2}, 2));
  BOOST_TEST(conv->weights().size() == 2u);
  BOOST_TEST(conv->count_params() == 3 * 3 * 2 * 3 + 3);
}

BOOST_AUTO_TEST_CASE(lora_starts_as_the_layer_it_changes_and_trains_only_the_factors) {
  Conv2D conv(3, 2);
  const Tensor x = uniform({1, 4, 4, 2}, 1);
  const std::vector<double> before = values_of(conv(x));
  conv->enable_lora(2, 4);
  BOOST_TEST(values_of(conv(x)) == before, boost::test_tools::per_element());
  std::vector<std::string> trainable;
  for (const Variable& variable : conv->trainable_variables()) trainable.push_back(variable.name());
  const std::vector<std::string> wanted{"bias", "lora_kernel_a", "lora_kernel_b"};
  BOOST_TEST(trainable == wanted, boost::test_tools::per_element());
  BOOST_TEST(conv->config().get("lora_alpha").as_int() == 4);
  BOOST_TEST(message_of<StateError>([&] { conv->enable_lora(2); }) ==
             "Conv2D 'conv2d': LoRA is already enabled; this can only be done once per layer");
  BOOST_TEST(message_of<StateError>([] { Conv2D(3, 2)->enable_lora(2); }) ==
             "Conv2D 'conv2d': LoRA cannot be enabled before the layer is built; call it once first");
}

BOOST_AUTO_TEST_CASE(unknown_lengths_stay_unknown) {
  const Tensor y = Conv1D(4, 3, {.strides = 2})(Input({kUnknown, 2}));
  BOOST_TEST(y.shape().to_string() == "(None, None, 4)");
}

BOOST_AUTO_TEST_CASE(rejects_bad_arguments) {
  const auto message = [](const SpatialSizes& size, const ConvOptions& options) {
    return message_of<InvalidArgument>([&] { Conv2D(4, size, options); });
  };
  BOOST_TEST(message(3, {.padding = "Same", .name = "conv1"}) ==
             "Conv2D 'conv1': padding must be \"valid\" or \"same\"; got \"Same\"");
  BOOST_TEST(message(3, {.padding = "causal"}) ==
             "Conv2D 'conv2d': padding must be \"valid\" or \"same\"; got \"causal\"");
  BOOST_TEST(message({1, 2, 3}, {}) ==
             "Conv2D 'conv2d': kernel_size must be an integer or 2 integers, each at least 1; got (1, 2, 3)");
  BOOST_TEST(message(3, {.strides = 0}) ==
             "Conv2D 'conv2d': strides must be an integer or 2 integers, each at least 1; got 0");
  BOOST_TEST(
      message(3, {.strides = 2, .dilation_rate = {1, 2}}) ==
      "Conv2D 'conv2d': strides > 1 are not supported in conjunction with dilation_rate > 1; got strides (2, 2) and "
      "dilation_rate (1, 2)");
  BOOST_TEST(message(3, {.groups = 3}) ==
             "Conv2D 'conv2d': the number of filters must be divisible by groups; got filters 4 and groups 3");
  BOOST_TEST(message_of<InvalidArgument>([] { Conv2D(0, 3); }) == "Conv2D 'conv2d': filters must be positive; got 0");
  BOOST_TEST(message_of<InvalidArgument>([] { Conv2D(1, 3, {.data_format = "NHWC"}); }) ==
             "data_format must be \"channels_last\" or \"channels_first\"; got \"NHWC\"");
}

BOOST_AUTO_TEST_CASE(errors_of_the_constructor_carry_the_name_of_the_layer) {
  const auto where = [](const ConvOptions& options) -> std::string {
    try {
      Conv2D(4, 3, options);
    } catch (const Error& error) {
      return error.where();
    }
    return "nothing was thrown";
  };
  BOOST_TEST(where({.padding = "Same", .name = "conv1"}) == "conv1");
  BOOST_TEST(where({.strides = 0}) == "conv2d");
  BOOST_TEST(where({.groups = 3, .name = "grouped"}) == "grouped");
}

BOOST_AUTO_TEST_CASE(rejects_inputs_that_do_not_fit) {
  BOOST_TEST(
      message_of<ShapeError>([] {
        Conv2D(4, 3)(uniform({1, 2, 5, 1}, 1));
      }) ==
      "Conv2D 'conv2d': expected an input of at least 3 along axis 1, the size of the window; got shape (1, 2, 5, 1). "
      "Use padding=\"same\", a smaller window, or a larger input");
  BOOST_TEST(
      message_of<ShapeError>([] {
        Conv2D(4, 3, {.groups = 2})(uniform({1, 5, 5, 3}, 1));
      }) ==
      "Conv2D 'conv2d': the number of input channels must be divisible by groups; got groups 2 and an input of shape "
      "(1, 5, 5, 3)");
  Conv2D conv(4, 3);
  conv(uniform({1, 5, 5, 3}, 1));
  BOOST_TEST(message_of<ShapeError>([&] {
               conv(uniform({1, 5, 5, 2}, 1));
             }).find("expected axis -1 of input shape to have value 3, but received input with shape (1, 5, 5, 2)") !=
             std::string::npos);
  BOOST_TEST(message_of<ShapeError>([&] {
               conv(uniform({1, 5, 3}, 1));
             }).find("expected ndim=4, found ndim=3") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
