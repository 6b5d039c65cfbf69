#include "layers/core/dense.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/matmul.h"
#include "layers/activations/leaky_relu.h"
#include "layers/constraints/norm_constraints.h"
#include "layers/core/input.h"
#include "layers/registry.h"
#include "layers/regularizers/l1_l2.h"
#include "tests/support/gradient_check.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Dense;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_core_dense)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(
      Dense(4),
      {.input_shapes = {{3, 5}}, .output_shapes = {{3, 4}}, .weights = {"kernel", "bias"}, .supports_masking = true});
  check_layer(
      Dense(2, {.activation = "tanh", .use_bias = false, .name = "narrow"}),
      {.input_shapes = {{3, 4, 5}}, .output_shapes = {{3, 4, 2}}, .weights = {"kernel"}, .supports_masking = true});
  check_layer(
      Dense(3, {.kernel_regularizer = regularizers::L2(),
                .activity_regularizer = regularizers::L1(),
                .kernel_constraint = constraints::MaxNorm()}),
      {.input_shapes = {{2, 5}}, .output_shapes = {{2, 3}}, .weights = {"kernel", "bias"}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(computes_kernel_bias_and_activation) {
  Dense dense(2, {.activation = "relu"});
  dense->build_for({{kUnknown, 3}});
  dense->set_weights({floats({1, -1, 2, 0, 0, 3}, {3, 2}), floats({0.5, -4}, {2})});
  // 1 + 2*2 + 0 + 0.5 and -1 + 0 + 3 - 4
  BOOST_TEST(values_of(dense(floats({1, 2, 1}, {1, 3}))) == (std::vector<double>{5.5, 0}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rejects_input_of_other_width) {
  Dense dense(2, {.name = "fc1"});
  dense(floats({1, 2, 3}, {1, 3}));
  BOOST_TEST(
      message_of<ShapeError>([&] {
        dense(floats({1, 2}, {1, 2}));
      }) ==
      "Dense 'fc1': Input 0 of layer \"fc1\" is incompatible with the layer: expected axis -1 of input shape to have "
      "value 3, but received input with shape (1, 2). Give it inputs of 3 there, or make a second Dense for the other "
      "input.");
}

BOOST_AUTO_TEST_CASE(rejects_units_that_are_not_positive) {
  BOOST_TEST(message_of<InvalidArgument>([] { Dense(0, {.name = "none"}); }) ==
             "Dense 'none': units must be positive; got 0");
}

BOOST_AUTO_TEST_CASE(rejects_an_unknown_width) {
  const Tensor x = layers::Input({kUnknown});
  BOOST_TEST(message_of<ShapeError>([&] { Dense(2, {.name = "fc"})(x); }) ==
             "Dense 'fc': the last axis of the input must have a known size; got (None, None)");
}

BOOST_AUTO_TEST_CASE(activation_may_be_a_layer_in_a_file) {
  Dense plain(2);
  Config serialized = serialize_layer(*plain);
  Config config = serialized.at("config");
  config.set("activation", serialize_layer(*layers::LeakyReLU({.negative_slope = 0.5})));
  serialized.set("config", config);
  const AnyLayer dense = layer_from_config(serialized);
  dense->build_for({{kUnknown, 1}});
  dense->set_weights({floats({1, -1}, {1, 2}), floats({0, 0}, {2})});
  BOOST_TEST(values_of(dense(floats({2}, {1, 1}))) == (std::vector<double>{2, -1}), boost::test_tools::per_element());
  BOOST_TEST((dense->config().at("activation") == config.at("activation")));
}

BOOST_AUTO_TEST_CASE(lora_trains_factors_instead_of_the_kernel) {
  check_layer(Dense(4, {.lora_rank = 2}), {.input_shapes = {{3, 5}},
                                           .output_shapes = {{3, 4}},
                                           .weights = {"kernel", "bias", "lora_kernel_a", "lora_kernel_b"},
                                           .num_trainable = 3,
                                           .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(files_hold_the_merged_kernel_of_lora) {
  Dense dense(2, {.lora_rank = 1, .lora_alpha = 3});
  dense->build_for({{kUnknown, 2}});
  dense->set_weights(
      {floats({1, 2, 3, 4}, {2, 2}), floats({0, 0}, {2}), floats({1, 2}, {2, 1}), floats({1, -1}, {1, 2})});
  const Variables stored = dense->stored_variables();
  BOOST_TEST_REQUIRE(stored.size() == 2u);
  BOOST_TEST(values_of(dense->stored_value(stored[0])) == (std::vector<double>{4, -1, 9, -2}),
             boost::test_tools::per_element());
  BOOST_TEST(values_of(dense(floats({1, 0}, {1, 2}))) == (std::vector<double>{4, -1}),
             boost::test_tools::per_element());

  stored[0].assign(floats({5, 6, 7, 8}, {2, 2}));
  dense->stored_values_loaded();
  BOOST_TEST(values_of(dense(floats({1, 0}, {1, 2}))) == (std::vector<double>{5, 6}), boost::test_tools::per_element());
  BOOST_TEST(dense->config().at("lora_alpha").as_int() == 3);
}

BOOST_AUTO_TEST_CASE(lora_says_what_it_cannot_do) {
  Dense unbuilt(2, {.name = "fc"});
  BOOST_TEST(message_of<StateError>([&] { unbuilt->enable_lora(1); }) ==
             "Dense 'fc': LoRA cannot be enabled before the layer is built; call it once first");
  Dense constrained(2, {.kernel_constraint = "non_neg", .lora_rank = 1, .name = "fc"});
  BOOST_TEST(message_of<InvalidArgument>([&] {
               constrained->build_for({{1, 2}});
             }) == "Dense 'fc': LoRA is incompatible with a constraint on the kernel; remove that argument");
  Dense twice(2, {.lora_rank = 1, .name = "fc"});
  twice->build_for({{1, 2}});
  BOOST_TEST(message_of<StateError>([&] { twice->enable_lora(1); }) ==
             "Dense 'fc': LoRA is already enabled; this can only be done once per layer");
}

BOOST_AUTO_TEST_CASE(quantized_layers_of_a_file_are_refused) {
  Config serialized = serialize_layer(*Dense(2, {.name = "fc"}));
  Config config = serialized.at("config");
  config.set("quantization_config", Config::dict({{"class_name", "Int8QuantizationConfig"}}));
  serialized.set("config", config);
  BOOST_TEST(message_of<Unsupported>([&] { layer_from_config(serialized); }) ==
             "Dense 'fc': its weights are quantized, which cornu does not compute with. Save the model in Keras before "
             "quantize() is called on it.");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
