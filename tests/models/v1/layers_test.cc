#include "models/v1/layers.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/ops/broadcast_constant.h"
#include "framework/ops/matmul.h"
#include "models/v1/array_ops.h"
#include "models/v1/errors.h"
#include "models/v1/math_ops.h"
#include "models/v1/nn.h"
#include "models/v1/session.h"
#include "tests/models/v1/fresh_graph.h"
#include "tests/support/gradient_check.h"
#include "tests/support/message_of.h"

using namespace cornu;
using test::check_close;
using test::message_of;
namespace layers = v1::layers;
using Names = std::vector<std::string>;

namespace {

v1::Tensor input(std::int64_t width = 4) { return v1::placeholder(float32, Shape{kUnknown, width}); }

Names names_of_variables() {
  Names result;
  for (const v1::Variable& variable : v1::global_variables()) result.push_back(variable.name());
  return result;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(models_v1_layers, test::FreshGraph)

BOOST_AUTO_TEST_CASE(dense_makes_kernel_and_bias_under_counted_names) {
  const v1::Tensor x = input();
  const v1::Tensor y = layers::dense(x, 3), z = layers::dense(y, 2, {.activation = "relu"});
  BOOST_TEST(y.name() == "dense/BiasAdd:0");
  BOOST_TEST(z.name() == "dense_1/Relu:0");
  BOOST_TEST(names_of_variables() == (Names{"dense/kernel:0", "dense/bias:0", "dense_1/kernel:0", "dense_1/bias:0"}));
  BOOST_CHECK(v1::global_variables()[0].shape() == Shape({4, 3}));
  v1::Session session;
  session.run(v1::global_variables_initializer());
  const Tensor kernel = session.run("dense/kernel:0");
  check_close(session.run(y, {{x, ops::ones({2, 4})}}), ops::matmul(ops::ones({2, 4}), kernel));
}

BOOST_AUTO_TEST_CASE(a_name_is_shared_as_the_scopes_say) {
  const v1::Tensor x = input();
  layers::dense(x, 3, {.name = "fc"});
  BOOST_TEST(message_of<v1::errors::ValueError>([&] {
               layers::dense(x, 3, {.name = "fc"});
             }).find("Variable fc/kernel already exists") != std::string::npos);
  layers::dense(x, 3, {.name = "fc", .reuse = true});
  BOOST_TEST(names_of_variables() == (Names{"fc/kernel:0", "fc/bias:0"}));
  BOOST_TEST(message_of<v1::errors::ValueError>([&] {
               layers::dense(x, 5, {.name = "fc", .reuse = true});
             }).find("Trying to share variable fc/kernel") != std::string::npos);
  BOOST_CHECK_THROW(layers::dense(x, 3, {.name = "other", .reuse = true}), v1::errors::ValueError);
}

// Within a scope entered again unnamed layers begin to count anew, so they share by their order.
BOOST_AUTO_TEST_CASE(unnamed_layers_share_by_order_in_a_reusing_scope) {
  const v1::Tensor x = input();
  for (int i = 0; i < 2; ++i) {
    const v1::VariableScope scope("net", {.reuse = v1::AUTO_REUSE});
    layers::dense(layers::dense(x, 3), 3, {.use_bias = false});
  }
  BOOST_TEST(names_of_variables() == (Names{"net/dense/kernel:0", "net/dense/bias:0", "net/dense_1/kernel:0"}));
}

BOOST_AUTO_TEST_CASE(an_object_keeps_its_scope_and_shares) {
  layers::Dense fc(3, {.name = "fc"}), other(3, {.name = "fc"});
  BOOST_CHECK_THROW(fc.scope_name(), v1::errors::ValueError);
  const v1::Tensor x = input();
  fc(x);
  const v1::VariableScope elsewhere("a");
  BOOST_TEST(fc(x).name() == "fc/BiasAdd_1:0");
  BOOST_TEST(fc.scope_name() == "fc");
  other(x);
  BOOST_TEST(other.scope_name() == "a/fc");
  BOOST_TEST(message_of<v1::errors::ValueError>([&] { fc(input(5)); }).find("incompatible with the layer") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(settings_reach_kernel_and_bias) {
  const v1::VariableScope scope("net", {.initializer = v1::ones_initializer(), .regularizer = v1::l2_regularizer(1.0)});
  const v1::Tensor x = input();
  const v1::Tensor y = layers::dense(x, 3, {.kernel_regularizer = v1::l2_regularizer(0.5), .trainable = false});
  BOOST_TEST(v1::trainable_variables().empty());
  const std::vector<v1::Collectible> losses = v1::get_collection(v1::GraphKeys::REGULARIZATION_LOSSES);
  BOOST_REQUIRE(losses.size() == 2u);
  v1::Session session;
  session.run(v1::global_variables_initializer());
  BOOST_TEST(session.run(std::get<v1::Tensor>(losses[0])).item() == 6.0);
  check_close(session.run(y, {{x, ops::ones({1, 4})}}), ops::full({1, 3}, 4.0));
}

// By hand: a 2 x 2 kernel of ones over ones gives 4, and 2 or 1 where SAME pads.
BOOST_AUTO_TEST_CASE(conv2d_and_pooling) {
  const v1::Tensor x = v1::constant(ops::ones({1, 3, 3, 1}));
  const layers::Conv2DOptions ones{.kernel_initializer = v1::ones_initializer()};
  layers::Conv2DOptions same = ones, in_capitals = ones, strided = ones;
  same.padding = "same";
  in_capitals.padding = "SAME";
  strided.strides = {2};
  const v1::Tensor valid = layers::conv2d(x, 1, {2, 2}, ones), padded = layers::conv2d(x, 1, {2}, same);
  const v1::Tensor capitals = layers::conv2d(x, 1, {2, 2}, in_capitals), fewer = layers::conv2d(x, 1, {2, 2}, strided);
  const v1::Tensor pooled = layers::max_pooling2d(padded, {3, 3}, {3, 3});
  const v1::Tensor average = layers::average_pooling2d(padded, {3, 3}, {1, 1}, {.padding = "same"});
  BOOST_TEST(valid.name() == "conv2d/BiasAdd:0");
  BOOST_TEST(pooled.name() == "max_pooling2d/MaxPool:0");
  v1::Session session;
  session.run(v1::global_variables_initializer());
  check_close(session.run(valid), ops::full({1, 2, 2, 1}, 4.0));
  const Tensor wanted = Tensor::copy({4.F, 4.F, 2.F, 4.F, 4.F, 2.F, 2.F, 2.F, 1.F}, {1, 3, 3, 1});
  check_close(session.run(padded), wanted);
  check_close(session.run(capitals), wanted);
  check_close(session.run(fewer), ops::full({1, 1, 1, 1}, 4.0));
  check_close(session.run(pooled), ops::full({1, 1, 1, 1}, 4.0));
  BOOST_CHECK(average.shape() == Shape({1, 3, 3, 1}));
}

BOOST_AUTO_TEST_CASE(flatten_keeps_what_is_known) {
  const auto flat = [](const Shape& shape) { return layers::flatten(v1::placeholder(float32, shape)); };
  BOOST_CHECK(flat({kUnknown, 2, 3}).shape() == Shape({kUnknown, 6}));
  BOOST_CHECK(flat({5, kUnknown, 3}).shape() == Shape({5, kUnknown}));
  BOOST_CHECK(flat({kUnknown, 0, 3}).shape() == Shape({kUnknown, 0}));
  BOOST_TEST(flat({1, 2}).name() == "flatten_3/Reshape:0");
  BOOST_CHECK(flat({kUnknown, kUnknown, 3}).shape() == Shape({kUnknown, kUnknown}));
}

BOOST_AUTO_TEST_CASE(dropout_is_the_identity_unless_training) {
  const v1::Tensor x = v1::constant(ops::ones({1000}));
  const v1::Tensor training = v1::placeholder(boolean, Shape{});
  const v1::Tensor by_flag = layers::dropout(x, {.rate = 0.25, .training = training, .seed = 1});
  const v1::Tensor never = layers::dropout(x, {.rate = 0.25});
  v1::Session session;
  check_close(session.run(never), ops::ones({1000}), 0, 0);
  check_close(session.run(by_flag, {{training, Tensor(false)}}), ops::ones({1000}), 0, 0);
  int dropped = 0;
  for (const float value : session.run(by_flag, {{training, Tensor(true)}}).tensor().to_vector<float>()) {
    BOOST_TEST((value == 0.0F || std::abs(value - 4.0F / 3) < 1e-6F));
    dropped += value == 0.0F;
  }
  // 250 expected, with a standard deviation of 14.
  BOOST_TEST((dropped > 180 && dropped < 320));
}

// By hand: batch (1, 3), mean 2, variance 1. The moving mean goes 0 to 0.02, the variance stays 1.
BOOST_AUTO_TEST_CASE(batch_normalization_updates_when_told) {
  const v1::Tensor x = v1::placeholder(float32, Shape{kUnknown, 1});
  const v1::Tensor y = layers::batch_normalization(x, {.training = true, .name = "bn"});
  const v1::Tensor moving = layers::batch_normalization(x, {.name = "bn", .reuse = true});
  BOOST_TEST(names_of_variables() == (Names{"bn/gamma:0", "bn/beta:0", "bn/moving_mean:0", "bn/moving_variance:0"}));
  BOOST_TEST(v1::trainable_variables().size() == 2u);
  std::vector<v1::Operation> updates;
  for (const v1::Collectible& item : v1::get_collection(v1::GraphKeys::UPDATE_OPS))
    updates.push_back(std::get<v1::Operation>(item));
  BOOST_REQUIRE(updates.size() == 2u);
  const Tensor batch = Tensor::copy({1.0F, 3.0F}, {2, 1});
  v1::Session session;
  session.run(v1::global_variables_initializer());
  const float root = std::sqrt(1.001F);
  check_close(session.run(y, {{x, batch}}), Tensor::copy({-1 / root, 1 / root}, {2, 1}));
  BOOST_TEST(session.run("bn/moving_mean:0").item() == 0.0);
  session.run({updates[0], updates[1]}, {{x, batch}});
  check_close(session.run("bn/moving_mean:0"), Tensor::copy({0.02F}, {1}));
  check_close(session.run(moving, {{x, batch}}), Tensor::copy({0.98F / root, 2.98F / root}, {2, 1}));
}

BOOST_AUTO_TEST_CASE(errors_by_text) {
  BOOST_TEST(message_of<v1::errors::ValueError>([] {
               layers::dense(v1::placeholder(float32), 3);
             }).find("dense: The last dimension of the inputs should be defined") == 0u);
  BOOST_TEST(message_of<v1::errors::ValueError>([] { layers::dense(input(), 3, {.activation = "Relu"}); }) ==
             "activation: expected one of \"relu\", \"sigmoid\", \"tanh\", \"softmax\", \"elu\", \"softplus\", "
             "\"linear\", or a function; got \"Relu\"");
}

BOOST_AUTO_TEST_SUITE_END()
