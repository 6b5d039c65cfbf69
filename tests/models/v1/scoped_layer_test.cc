#include "models/v1/scoped_layer.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/ops/broadcast_constant.h"
#include "layers/core/dense.h"
#include "layers/core/input.h"
#include "models/functional.h"
#include "models/saving.h"
#include "models/sequential.h"
#include "models/training/losses/mean_squared_error.h"
#include "models/v1/errors.h"
#include "models/v1/layers.h"
#include "models/v1/math_ops.h"
#include "models/v1/nn.h"
#include "models/v1/variable_scope.h"
#include "tests/io/scratch_folder.h"
#include "tests/models/v1/fresh_graph.h"
#include "tests/support/gradient_check.h"
#include "tests/support/message_of.h"

using namespace cornu;
using test::check_close;
using test::message_of;
using testing::ScratchFolder;
using v1::ScopedLayer;

namespace {

// A function of the old style.
v1::Tensor fully_connected(const v1::Tensor& x) {
  const v1::VariableScope scope("fc1");
  const v1::Variable kernel = v1::get_variable("kernel", {.shape = Shape{x.shape().back(), 8}});
  const v1::Variable bias = v1::get_variable("bias", {.shape = Shape{8}, .initializer = v1::zeros_initializer()});
  return v1::nn::relu(v1::matmul(x, kernel) + bias);
}

std::vector<std::string> names_of(const Variables& variables) {
  std::vector<std::string> result;
  for (const Variable& variable : variables) result.push_back(variable.name());
  return result;
}

using Names = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(models_v1_scoped_layer, test::FreshGraph)

BOOST_AUTO_TEST_CASE(what_the_function_makes_are_its_weights) {
  ScopedLayer layer(fully_connected, "tower");
  const Tensor x = ops::ones({2, 3});
  const Tensor first = layer(x), second = layer(x);
  BOOST_TEST(names_of(layer->weights()) == (Names{"fc1/kernel", "fc1/bias"}));
  check_close(first, second, 0, 0);
  // The default graph knows nothing of them.
  BOOST_TEST(v1::global_variables().empty());
  BOOST_TEST(v1::get_default_graph().operations().empty());
}

BOOST_AUTO_TEST_CASE(two_layers_of_one_function_do_not_share) {
  ScopedLayer first(fully_connected, "a"), second(fully_connected, "b");
  const Tensor x = ops::ones({2, 3});
  first(x);
  second(x);
  BOOST_TEST(first->weights()[0].value().to_vector<float>() != second->weights()[0].value().to_vector<float>());
}

BOOST_AUTO_TEST_CASE(shapes_of_shared_weights_must_fit) {
  ScopedLayer layer(fully_connected, "tower");
  layer(ops::ones({2, 3}));
  BOOST_TEST(message_of<v1::errors::ValueError>([&] {
               layer(ops::ones({2, 4}));
             }).find("Trying to share variable fc1/kernel, but specified shape (4, 8) and found shape (3, 8)") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(it_is_trained_in_a_sequential_and_saved) {
  const ScratchFolder folder;
  const auto made = [] {
    return Sequential({ScopedLayer(fully_connected, "tower"), layers::Dense(1, {.name = "out"})},
                      {.name = "model", .input_shape = Shape{3}});
  };
  const Sequential model = made();
  BOOST_TEST(model.weights().size() == 4u);
  const Tensor x = Tensor::copy({1.F, 0.F, 2.F, 0.F, 1.F, 1.F, 2.F, 2.F, 0.F, 1.F, 1.F, 1.F}, {4, 3});
  const Tensor y = Tensor::copy({1.F, 2.F, 0.F, 1.F}, {4, 1});
  model.compile({.optimizer = "adam", .loss = "mse"});
  const Tensor before = model.weights()[0].value().clone();
  const History history = model.fit(x, y, {.batch_size = 4, .epochs = 30, .verbose = Verbose::kSilent});
  const std::vector<double>& loss = history.history.at("loss");
  BOOST_TEST(loss.back() < loss.front());
  BOOST_TEST(model.weights()[0].value().to_vector<float>() != before.to_vector<float>());

  model.save_weights(folder / "m.weights.h5");
  const Sequential loaded = made();
  loaded.load_weights(folder / "m.weights.h5");
  check_close(loaded.predict(x), model.predict(x), 0, 0);
}

// Called on two inputs of a functional model it is one tower.
BOOST_AUTO_TEST_CASE(it_is_shared_by_instance) {
  const ScopedLayer tower(fully_connected, "tower");
  const Tensor left = layers::Input({3}), right = layers::Input({3});
  const Model model({left, right}, {tower(left), tower(right)});
  BOOST_TEST(model.weights().size() == 2u);
  const Outputs outputs = model.predict({ops::ones({2, 3}), ops::ones({2, 3})});
  check_close(outputs[0], outputs[1], 0, 0);
}

BOOST_AUTO_TEST_CASE(regularizers_become_losses_once) {
  ScopedLayer layer(
      [](const v1::Tensor& x) {
        const v1::Variable w = v1::get_variable(
            "w", {.shape = Shape{3}, .initializer = v1::ones_initializer(), .regularizer = v1::l2_regularizer(0.5)});
        return x * w;
      },
      "scale");
  layer(ops::ones({2, 3}));
  layer(ops::ones({2, 3}));
  const Tensors losses = layer->regularization_losses();
  BOOST_REQUIRE(losses.size() == 1u);
  BOOST_TEST(losses[0].item() == 1.5);
}

BOOST_AUTO_TEST_CASE(layers_of_the_old_style_work_inside) {
  ScopedLayer layer(
      [](const v1::Tensor& x) { return v1::layers::dense(v1::layers::dense(x, 4, {.name = "a"}), 2, {.name = "b"}); },
      "net");
  BOOST_CHECK(Tensor(layer(ops::ones({2, 3}))).shape() == Shape({2, 2}));
  layer(ops::ones({2, 3}));
  BOOST_TEST(names_of(layer->weights()) == (Names{"a/kernel", "a/bias", "b/kernel", "b/bias"}));
}

BOOST_AUTO_TEST_CASE(get_or_create_layer_makes_one_for_each_scope_and_name) {
  int made = 0;
  ScopedLayer layer(
      [&](const v1::Tensor& x) {
        const v1::VariableScope scope("net");
        const AnyLayer dense = v1::get_or_create_layer("fc", [&] {
          ++made;
          return layers::Dense(3, {.name = "fc"});
        });
        return v1::Tensor(Tensor(dense(Tensor(x))));
      },
      "tracked");
  layer(ops::ones({2, 3}));
  layer(ops::ones({2, 3}));
  BOOST_TEST(made == 1);
  BOOST_TEST(layer->weights().size() == 2u);
  BOOST_TEST(message_of<v1::errors::KeyError>([] {
               v1::scope_layer("nothing");
             }).find("scope_layer: no layer behind scope 'nothing'") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
