#include "models/v1/migration.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/reshape.h"
#include "layers/core/dense.h"
#include "layers/core/input.h"
#include "models/functional.h"
#include "models/saving.h"
#include "models/sequential.h"
#include "models/sharing.h"
#include "models/v1/array_ops.h"
#include "models/v1/errors.h"
#include "models/v1/layers.h"
#include "models/v1/math_ops.h"
#include "models/v1/scoped_layer.h"
#include "models/v1/session.h"
#include "tests/io/scratch_folder.h"
#include "tests/models/v1/fresh_graph.h"
#include "tests/support/gradient_check.h"
#include "tests/support/message_of.h"

using namespace cornu;
using test::check_close;
using test::message_of;
using testing::ScratchFolder;

BOOST_FIXTURE_TEST_SUITE(models_v1_migration, test::FreshGraph)

BOOST_AUTO_TEST_CASE(the_layer_behind_a_scope_computes_what_the_scope_did) {
  const v1::Tensor x = v1::placeholder(float32, Shape{kUnknown, 6, 6, 2});
  const v1::Tensor conv = v1::layers::conv2d(x, 3, {3, 3}, {.padding = "same", .activation = "relu", .name = "conv"});
  const v1::Tensor y = v1::layers::dense(v1::layers::flatten(conv), 2, {.activation = "tanh", .name = "fc"});
  const v1::Tensor normal = v1::layers::batch_normalization(y, {.name = "bn"});
  v1::Session session;
  session.run(v1::global_variables_initializer());
  session.hand_over_to_layers();

  const AnyLayer first = v1::scope_layer("conv"), second = v1::scope_layer("fc"), third = v1::scope_layer("bn");
  BOOST_TEST(first->class_name() == "Conv2D");
  BOOST_TEST(second->class_name() == "Dense");
  BOOST_TEST(third->class_name() == "BatchNormalization");
  const Tensor batch = ops::ones({4, 6, 6, 2});
  const v1::Fetched old = session.run({conv, y, normal}, {{x, batch}});
  check_close(first(batch), old[0]);
  check_close(second(ops::reshape(old[0].tensor(), {4, 108})), old[1]);
  check_close(third(old[1].tensor()), old[2]);
  BOOST_CHECK(v1::scope_layer("fc") == second);
}

BOOST_AUTO_TEST_CASE(values_go_back_into_a_session) {
  const v1::Tensor x = v1::constant(ops::ones({1, 3}));
  const v1::Tensor y = v1::layers::dense(x, 2, {.name = "fc"});
  const AnyLayer fc = v1::scope_layer("fc");
  fc->set_weights({ops::ones({3, 2}), ops::ones({2})});
  v1::Session session;
  session.take_over_from_layers();
  check_close(session.run(y), ops::full({1, 2}, 4.0));
  // Each has values of its own from then on.
  fc->set_weights({ops::zeros({3, 2}), ops::zeros({2})});
  check_close(session.run(y), ops::full({1, 2}, 4.0));
}

BOOST_AUTO_TEST_CASE(a_scope_of_get_variable_has_a_layer_that_owns_its_variables) {
  {
    const v1::VariableScope scope("net/fc");
    v1::get_variable("weights", {.shape = Shape{3, 2}});
  }
  const AnyLayer layer = v1::scope_layer("net/fc");
  BOOST_TEST(layer->class_name() == "ScopeLayer");
  BOOST_REQUIRE(layer->weights().size() == 1u);
  BOOST_TEST(layer->weights()[0].name() == "weights");
  BOOST_TEST(message_of<Unsupported>([&] {
               layer(ops::ones({1, 3}));
             }).find("Wrap that function in a v1::ScopedLayer, or make the scope with v1::layers::dense") !=
             std::string::npos);
}

// Keras has no name for such an activation: the layer behind would leave it out in silence.
BOOST_AUTO_TEST_CASE(a_layer_with_a_function_of_ones_own_does_not_pretend_to_compute) {
  const v1::Tensor x = v1::constant(ops::ones({1, 3}));
  v1::layers::dense(x, 2, {.activation = [](const v1::Tensor& v) { return v1::square(v); }, .name = "fc"});
  BOOST_TEST(v1::scope_layer("fc")->class_name() == "ScopeLayer");
  const v1::Tensor image = v1::constant(ops::ones({1, 3, 3, 1}));
  v1::layers::conv2d(image, 2, {1, 1},
                     {.activation = [](const v1::Tensor& v) { return v1::square(v); }, .name = "conv"});
  BOOST_CHECK_THROW(v1::scope_layer("conv")(ops::ones({1, 3, 3, 1})), Unsupported);
}

BOOST_AUTO_TEST_CASE(through_hdf5_into_a_model_of_keras_style) {
  const ScratchFolder folder;
  const v1::Tensor a = v1::placeholder(float32, Shape{kUnknown, 3}), b = v1::placeholder(float32, Shape{kUnknown, 3});
  const auto fc1 = [](const v1::Tensor& x) {
    return v1::layers::dense(x, 4, {.activation = "relu", .name = "fc1", .reuse = v1::AUTO_REUSE});
  };
  const v1::Tensor left = v1::layers::dense(fc1(a), 2, {.name = "fc2"});
  const v1::Tensor right = v1::layers::dense(fc1(b), 2, {.name = "fc3"});
  v1::Session session;
  session.run(v1::global_variables_initializer());
  session.hand_over_to_layers();
  const auto model_of = [](const AnyLayer& first, const AnyLayer& second, const AnyLayer& third) {
    const Tensor x = layers::Input({3}), y = layers::Input({3});
    return Model({x, y}, {second(first(x)), third(first(y))}, {.name = "both"});
  };
  const Model old = model_of(v1::scope_layer("fc1"), v1::scope_layer("fc2"), v1::scope_layer("fc3"));
  old.save_weights(folder / "m.weights.h5");
  const Model fresh = model_of(layers::Dense(4, {.activation = "relu", .name = "fc1"}),
                               layers::Dense(2, {.name = "fc2"}), layers::Dense(2, {.name = "fc3"}));
  fresh.load_weights(folder / "m.weights.h5");
  const Tensor x = ops::ones({2, 3}), y = ops::full({2, 3}, 2.0);
  const v1::Fetched wanted = session.run({left, right}, {{a, x}, {b, y}});
  const Outputs got = fresh.predict({x, y});
  check_close(got[0], wanted[0]);
  check_close(got[1], wanted[1]);
  int shared = 0;
  for (const VariableSharing& variable : old.sharing().variables) shared += variable.uses.size() == 2;
  BOOST_TEST(shared == 2);
}

BOOST_AUTO_TEST_CASE(the_report_lists_scope_layer_variable_path_and_uses) {
  const v1::Tensor x = v1::placeholder(float32, Shape{kUnknown, 3}, "x");
  for (int i = 0; i < 2; ++i) v1::layers::dense(x, 2, {.use_bias = false, .name = "fc", .reuse = v1::AUTO_REUSE});
  v1::Variable scale;
  {
    const v1::VariableScope scope("net/gain");
    scale = v1::get_variable("scale", {.shape = Shape{3}});
  }
  v1::multiply(x, scale, "scaled");
  const std::vector<v1::MigrationEntry> entries = v1::migration_entries(v1::get_default_graph());
  BOOST_REQUIRE(entries.size() == 2u);
  BOOST_TEST(entries[0].uses == (std::vector<std::string>{"fc/MatMul", "fc_1/MatMul"}));
  BOOST_TEST(v1::migration_report() ==
             "Scope     Layer       Variable          Keras path  Used by\n"
             "fc        Dense       fc/kernel:0       fc/kernel   fc/MatMul, fc_1/MatMul\n"
             "net/gain  ScopeLayer  net/gain/scale:0  gain/scale  scaled\n");
}

BOOST_AUTO_TEST_SUITE_END()
