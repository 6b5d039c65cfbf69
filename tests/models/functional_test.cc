#include "models/functional.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/reduce.h"
#include "layers/core/dense.h"
#include "layers/core/input.h"
#include "layers/merging/concatenate.h"
#include "layers/normalization/batch_normalization.h"
#include "models/sequential.h"
#include "models/training/losses/mean_squared_error.h"
#include "models/training/optimizers/sgd.h"
#include "tests/support/gradient_check.h"
#include "tests/support/message_of.h"

using namespace cornu;
using namespace cornu::layers;

namespace {

Tensor ramp(const Shape& shape, float step) {
  Tensor tensor = Tensor::empty(shape);
  float value = 0.0F;
  for (float& element : tensor.mutable_data<float>()) element = value += step;
  return tensor;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(models_functional)

BOOST_AUTO_TEST_CASE(a_tower_called_twice_has_one_set_of_weights) {
  const Sequential tower({Dense(4, {.activation = "relu"}), Dense(2)});
  const Tensor left = Input({3});
  const Tensor right = Input({3});
  const Model model({left, right}, tower(left) - tower(right));
  BOOST_TEST(model.weights().size() == 4U);
  const Tensor x = ramp({5, 3}, 0.1F);
  const Tensor same = model.predict({x, x});
  for (float value : same.data<float>()) BOOST_TEST(value == 0.0F);
}

BOOST_AUTO_TEST_CASE(predict_equals_a_direct_call) {
  const Tensor input = Input({3});
  const Tensor hidden = Dense(4, {.activation = "tanh"})(input);
  const Model model(input, Dense(2)(hidden) * 2.0 + 1.0);
  const Tensor x = ramp({7, 3}, 0.05F);
  test::check_close(model.predict(x, {.batch_size = 3}), model(x));
}

BOOST_AUTO_TEST_CASE(inputs_in_a_map_bind_by_name_only) {
  const Tensor a = Input({1}, {.name = "zeta"});
  const Tensor b = Input({1}, {.name = "alpha"});
  const Model model({a, b}, a - b);
  const Tensor one = Tensor::copy({1.0F}, {1, 1});
  const Tensor ten = Tensor::copy({10.0F}, {1, 1});
  const Tensor by_name = model.predict(std::map<std::string, Tensor>{{"alpha", one}, {"zeta", ten}});
  BOOST_TEST(by_name.item() == 9.0);
  const Tensor by_order = model.predict({ten, one});
  BOOST_TEST(by_order.item() == 9.0);
  const std::string message = test::message_of<InvalidArgument>([&] {
    model.predict(std::map<std::string, Tensor>{{"alpha", one}, {"beta", ten}});
  });
  BOOST_TEST(message.find("\"zeta\", \"alpha\"") != std::string::npos);
  BOOST_TEST(message.find("\"alpha\", \"beta\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(automatic_names_do_not_depend_on_what_ran_before) {
  const auto names = [] {
    const Tensor input = Input({3});
    const Model model(input, Dense(1)(Dense(2)(input)));
    std::string text;
    for (const LayerPtr& layer : model->layers()) text += layer->name() + " ";
    return text;
  };
  // C++ makes the outer Dense before it makes the inner one.
  const std::string first = names();
  BOOST_TEST(first == "input_layer dense_1 dense ");
  BOOST_TEST(names() == first);
}

BOOST_AUTO_TEST_CASE(an_output_of_another_input_is_refused) {
  const Tensor a = Input({2});
  const Tensor b = Input({2});
  BOOST_CHECK_THROW(Model(a, a + b), GraphError);
}

BOOST_AUTO_TEST_CASE(a_wrong_number_of_inputs_says_both_numbers) {
  const Tensor a = Input({2});
  const Tensor b = Input({2});
  const Model model({a, b}, a + b);
  const std::string message = test::message_of<InvalidArgument>([&] { model(ramp({1, 2}, 1.0F)); });
  BOOST_TEST(message.find("expects 2 input(s), but it received 1 input tensors") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_frozen_batch_normalization_keeps_its_statistics_through_training) {
  const BatchNormalization norm;
  const Tensor input = Input({3});
  const Model model(input, Dense(1)(norm(input)));
  norm->set_trainable(false);
  const Tensors before = norm->get_weights();
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.01}), .loss = "mse"});
  const Tensor x = ramp({8, 3}, 0.3F);
  const Tensor y = ramp({8, 1}, 0.1F);
  for (int step = 0; step < 100; ++step) model.train_on_batch(x, y);
  const Tensors after = norm->get_weights();
  for (std::size_t i = 0; i < before.size(); ++i) test::check_close(after[i], before[i], 0.0, 0.0);
}

BOOST_AUTO_TEST_CASE(training_a_shared_layer_moves_it_for_both_models) {
  const Dense shared(2);
  const Tensor a = Input({3});
  const Tensor b = Input({3});
  const Model first(a, shared(a));
  const Model second(b, Dense(1)(shared(b)));
  const Tensor x = ramp({4, 3}, 0.2F);
  const Tensor before = second.predict(x);
  first.compile({.optimizer = optimizers::SGD({.learning_rate = 0.1}), .loss = "mse"});
  first.train_on_batch(x, ramp({4, 2}, 1.0F));
  const Tensor after = second.predict(x);
  BOOST_TEST(std::abs(before.data<float>()[3] - after.data<float>()[3]) > 1e-3F);
}

BOOST_AUTO_TEST_SUITE_END()
