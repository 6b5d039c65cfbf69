#include "models/shared_calls.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "framework/executor/program.h"
#include "framework/initializers/seed.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/reduce.h"
#include "layers/core/dense.h"
#include "layers/core/input.h"
#include "layers/normalization/batch_normalization.h"
#include "layers/regularization/dropout.h"
#include "models/functional.h"
#include "models/sequential.h"
#include "models/training/optimizers/sgd.h"
#include "tests/support/gradient_check.h"
#include "tests/support/kernel_test.h"

using namespace cornu;
using namespace cornu::layers;

namespace {

std::size_t num_products(const Model& model, const Tensors& inputs, bool training = false) {
  const auto graph = std::make_shared<Graph>("test");
  Tensors symbols;
  Tensors outputs;
  {
    const GraphScope scope(graph);
    for (const Tensor& input : inputs) symbols.push_back(graph->placeholder(input.spec()));
    outputs = model(symbols, {.training = training}).tensors();
  }
  const auto steps = Program::compile(graph, symbols, outputs)->step_operations();
  return static_cast<std::size_t>(
      std::count_if(steps.begin(), steps.end(), [](const std::string& name) { return name.ends_with("matmul"); }));
}

Tensors batch(std::size_t count, const Shape& shape = {5, 12}) {
  Tensors tensors;
  for (std::size_t i = 0; i < count; ++i) tensors.push_back(test::uniform_float32(shape, i + 1));
  return tensors;
}

// A tower of two layers on `count` inputs, and the sum of squared differences from the first.
Model siamese(std::size_t count, const Sequential& tower) {
  Tensors inputs;
  for (std::size_t i = 0; i < count; ++i) inputs.push_back(Input({12}));
  const Tensor first = tower(inputs[0]);
  Tensor distance = first * 0.0;
  for (std::size_t i = 1; i < count; ++i) {
    const Tensor difference = first - Tensor(tower(inputs[i]));
    distance = distance + difference * difference;
  }
  return {inputs, ops::sum(distance, {.axis = -1, .keepdims = true})};
}

Sequential dense_tower() { return Sequential({Dense(16, {.activation = "relu"}), Dense(4)}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(models_shared_calls)

BOOST_AUTO_TEST_CASE(a_tower_runs_once_for_all_its_inputs) {
  BOOST_TEST(num_products(siamese(2, dense_tower()), batch(2)) == 2U);
  BOOST_TEST(num_products(siamese(3, dense_tower()), batch(3)) == 2U);
}

BOOST_AUTO_TEST_CASE(shared_layers_without_a_tower_stay_stacked_from_one_to_the_next) {
  const Dense first(16, {.activation = "relu"});
  const Dense second(4);
  const Tensor a = Input({12});
  const Tensor b = Input({12});
  const Model model({a, b}, second(first(a)) - second(first(b)));
  BOOST_TEST(num_products(model, batch(2)) == 2U);
}

// The same numbers as of a model whose towers are two with equal weights, and the same steps of training.
BOOST_AUTO_TEST_CASE(stacked_calls_give_what_calls_one_by_one_give) {
  const Sequential tower = dense_tower();
  const Model model = siamese(2, tower);
  const Tensors x = batch(2);
  const Tensor left = tower.predict(x[0])[0];
  const Tensor right = tower.predict(x[1])[0];
  const Tensor difference = left - right;
  test::check_close(model.predict(x)[0], ops::sum(difference * difference, {.axis = -1, .keepdims = true}), 1e-5, 1e-6);

  // One step of SGD on the sum of both branches' gradients.
  const auto weights_after_training = [&](bool eagerly) {
    set_random_seed(3);
    const Model trained = siamese(2, dense_tower());
    trained.compile({.optimizer = optimizers::SGD({.learning_rate = 0.1}), .loss = "mse", .run_eagerly = eagerly});
    for (int step = 0; step < 3; ++step) trained.train_on_batch(x, test::uniform_float32({5, 1}, 9));
    return trained->get_weights();
  };
  const Tensors stacked = weights_after_training(false);
  const Tensors one_by_one = weights_after_training(true);
  for (std::size_t i = 0; i < stacked.size(); ++i) test::check_close(stacked[i], one_by_one[i], 1e-4, 1e-6);
}

BOOST_AUTO_TEST_CASE(what_depends_on_the_other_samples_or_on_chance_is_called_one_by_one) {
  const Sequential normalized({Dense(16), BatchNormalization(), Dense(4)});
  BOOST_TEST(num_products(siamese(2, normalized), batch(2), true) == 4U);
  BOOST_TEST(num_products(siamese(2, normalized), batch(2), false) == 2U);
  const Sequential dropped({Dense(16), Dropout(0.5), Dense(4)});
  BOOST_TEST(num_products(siamese(2, dropped), batch(2), true) == 4U);
}

BOOST_AUTO_TEST_CASE(penalties_on_activities_are_counted_for_each_call) {
  const Sequential penalized({Dense(16, {.activity_regularizer = "l2"}), Dense(4)});
  BOOST_TEST(num_products(siamese(2, penalized), batch(2), true) == 4U);
}

// A layer that is called on its own output cannot be called once.
BOOST_AUTO_TEST_CASE(calls_that_follow_one_another_stay_apart) {
  const Dense again(12);
  const Tensor a = Input({12});
  const Model model({a}, again(again(a)));
  BOOST_TEST(num_products(model, batch(1)) == 2U);
}

// Nor does it keep others apart, with what stands between them.
BOOST_AUTO_TEST_CASE(others_behind_such_calls_are_stacked) {
  const Dense again(12);
  const Dense shared(4);
  const Tensor a = Input({12});
  const Tensor b = Input({12});
  const Tensor before = b * 0.5;
  const Model model({a, b}, shared(Tensor(again(again(a))) * 2.0) - shared(before));
  BOOST_TEST(num_products(model, batch(2)) == 3U);
}

// Each of two layers on the other's output: the calls of one are stacked.
BOOST_AUTO_TEST_CASE(layers_that_wait_for_one_another) {
  const Dense p(12);
  const Dense q(12);
  const Tensor a = Input({12});
  const Tensor b = Input({12});
  const Model model({a, b}, q(p(a)) - p(q(b)));
  const Tensors x = batch(2);
  BOOST_TEST(num_products(model, x) == 3U);
  test::check_close(model.predict(x)[0], Tensor(q(p(x[0]))) - Tensor(p(q(x[1]))), 1e-5, 1e-6);
}

BOOST_AUTO_TEST_CASE(batches_of_different_sizes_are_called_one_by_one) {
  const Model model = siamese(2, dense_tower());
  const Tensors inputs{test::uniform_float32({5, 12}, 1), test::uniform_float32({1, 12}, 2)};
  BOOST_TEST(num_products(model, inputs) == 4U);
}

BOOST_AUTO_TEST_SUITE_END()
