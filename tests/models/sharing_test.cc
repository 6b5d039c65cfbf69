#include "models/sharing.h"

#include <boost/test/unit_test.hpp>
#include <vector>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/comparison.h"
#include "framework/ops/control_flow.h"
#include "framework/ops/matmul.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "layers/core/dense.h"
#include "layers/core/input.h"
#include "layers/merging/subtract.h"
#include "layers/regularization/dropout.h"
#include "models/functional.h"
#include "models/sequential.h"
#include "tests/support/message_of.h"

using namespace cornu;
using namespace cornu::layers;
using test::message_of;

namespace {

Model siamese(const Sequential& tower) {
  const Tensor left = Input({4}, {.name = "left"});
  const Tensor right = Input({4}, {.name = "right"});
  const Tensor difference = Subtract({.name = "difference"})({tower(left), tower(right)});
  return Model({left, right}, Dense(1, {.name = "score"})(difference), {.name = "siamese"});
}

Sequential make_tower() {
  return Sequential({Dense(3, {.name = "fc1"}), Dense(2, {.use_bias = false, .name = "fc2"})},
                    {.name = "tower", .input_shape = Shape{4}});
}

// Two encoders of one's own around one embedding, which the model also uses the other way round, as language models do.
class EncoderLayer : public Layer {
 public:
  EncoderLayer(const Dense& shared, const std::string& name) : Layer(name), embedding(shared) {}
  Dense embedding;

 protected:
  Outputs call(const Inputs& x, const CallContext&) override { return embedding(x[0]); }
};
using Encoder = Shared<EncoderLayer>;

class TiedModel : public ModelLayer {
 public:
  TiedModel() : ModelLayer("tied") {}
  Dense embedding{3, {.use_bias = false, .name = "embedding"}};
  Encoder first{embedding, "first"};
  Encoder second{embedding, "second"};

 protected:
  Outputs call(const Inputs& x, const CallContext&) override {
    const Tensor once = first(x[0]);
    const Tensor twice = second(x[0] * 2.0);
    const Tensor sum = once + twice;
    return ops::matmul(sum, ops::transpose(embedding->weights()[0].value()));
  }
};

class BranchingModel : public ModelLayer {
 public:
  BranchingModel() : ModelLayer("branching") {}
  Dense dense{2, {.use_bias = false, .name = "dense"}};

 protected:
  void build(const Shapes& inputs) override { dense->build_for(inputs); }
  Outputs call(const Inputs& x, const CallContext&) override {
    return ops::cond(
        ops::greater(ops::sum(x[0]), 0.0), [&] { return Tensors{dense(x[0])}; },
        [&] { return Tensors{dense(x[0] * 2.0)}; });
  }
};

const std::vector<VariableUse>& uses_of(const SharingReport& report, const std::string& path) {
  for (const VariableSharing& sharing : report.variables) {
    if (sharing.path == path) return sharing.uses;
  }
  throw std::runtime_error("no variable " + path);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(models_sharing)

BOOST_AUTO_TEST_CASE(a_nested_model_called_twice_uses_each_weight_twice) {
  const SharingReport report = siamese(make_tower()).sharing();
  BOOST_TEST(report.model == "siamese");
  BOOST_TEST(report.variables.size() == 5u);
  const std::vector<VariableUse>& uses = uses_of(report, "tower/fc1/kernel");
  BOOST_REQUIRE(uses.size() == 2u);
  BOOST_CHECK((uses[0] == VariableUse{.layer = "fc1", .within = "tower[0]", .call = 0, .num_calls = 2}));
  BOOST_CHECK((uses[1] == VariableUse{.layer = "fc1", .within = "tower[1]", .call = 1, .num_calls = 2}));
  BOOST_CHECK((uses_of(report, "score/kernel") == std::vector<VariableUse>{{.layer = "score"}}));
  BOOST_TEST(report.variables[0].shape == Shape({4, 3}));
}

BOOST_AUTO_TEST_CASE(the_table_has_a_line_for_each_use) {
  BOOST_TEST(siamese(make_tower()).sharing().to_string() == R"(Model: "siamese"
┏━━━━━━━━━━━━━━━━━━┳━━━━━━━━┳━━━━━━━━━━━━━━━━━┓
┃ Variable         ┃ Shape  ┃ Used by         ┃
┡━━━━━━━━━━━━━━━━━━╇━━━━━━━━╇━━━━━━━━━━━━━━━━━┩
│ tower/fc1/kernel │ (4, 3) │ tower[0]/fc1[0] │
│                  │        │ tower[1]/fc1[1] │
├──────────────────┼────────┼─────────────────┤
│ tower/fc1/bias   │ (3,)   │ tower[0]/fc1[0] │
│                  │        │ tower[1]/fc1[1] │
├──────────────────┼────────┼─────────────────┤
│ tower/fc2/kernel │ (3, 2) │ tower[0]/fc2[0] │
│                  │        │ tower[1]/fc2[1] │
├──────────────────┼────────┼─────────────────┤
│ score/kernel     │ (2, 1) │ score           │
├──────────────────┼────────┼─────────────────┤
│ score/bias       │ (1,)   │ score           │
└──────────────────┴────────┴─────────────────┘
 3 of 5 variables are used more than once
)");
}

BOOST_AUTO_TEST_CASE(a_layer_called_on_its_own_output_in_a_functional_model) {
  const Tensor input = Input({3});
  const Dense again(3, {.use_bias = false, .name = "again"});
  const Model model(input, again(again(again(input))));
  const SharingReport report = model.sharing();
  BOOST_TEST(uses_of(report, "again/kernel").size() == 3u);
  BOOST_TEST(uses_of(report, "again/kernel")[2].call == 2);
}

// Uses are found where a weight is read: in layers that share a third one, and by the model itself.
BOOST_AUTO_TEST_CASE(a_subclassed_model_is_traced) {
  SharedModel<TiedModel> model;
  model->build_for({{2, 5}});
  const SharingReport report = model.sharing();
  BOOST_TEST(report.variables.size() == 1u);
  const std::vector<VariableUse>& uses = report.variables[0].uses;
  BOOST_REQUIRE(uses.size() == 3u);
  BOOST_CHECK((uses[0] == VariableUse{}));  // the model itself
  BOOST_CHECK((uses[1] == VariableUse{.layer = "embedding", .within = "first", .call = 0, .num_calls = 2}));
  BOOST_CHECK((uses[2] == VariableUse{.layer = "embedding", .within = "second", .call = 1, .num_calls = 2}));
  BOOST_TEST(report.to_string().find("the model itself") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(branches_count_as_calls) {
  SharedModel<BranchingModel> model;
  model->build_for({{2, 5}});
  const std::vector<VariableUse> uses = model.sharing().variables.at(0).uses;
  BOOST_REQUIRE(uses.size() == 2u);
  BOOST_CHECK((uses[1] == VariableUse{.layer = "dense", .within = "", .call = 1, .num_calls = 2}));
}

BOOST_AUTO_TEST_CASE(asking_changes_nothing) {
  const Model model = siamese(make_tower());
  const Tensor x = Tensor::copy({1.0F, -2.0F, 3.0F, 0.5F}, {1, 4});
  const double before = model.predict({x, x * 2.0}).single().item();
  model.sharing();
  BOOST_TEST(model.weights().size() == 5u);
  BOOST_TEST(model.predict({x, x * 2.0}).single().item() == before);
  BOOST_TEST(model.sharing().to_string() == model.sharing().to_string());
}

BOOST_AUTO_TEST_CASE(needs_shapes_of_inputs) {
  const Sequential model({Dense(2)}, {.name = "net"});
  BOOST_TEST(
      message_of<StateError>([&] { model.sharing(); }) ==
      "Model 'net': the shapes of its inputs are not known yet. Call it once on data, or build_for({shape}), or give "
      "Sequential an input_shape.");
}

BOOST_AUTO_TEST_CASE(assert_shared_passes_for_shared_layers) {
  const Sequential tower = make_tower();
  const std::vector<Dense> copies(2, Dense(3));
  BOOST_CHECK_NO_THROW(assert_shared(copies[0], copies[1]));
  const Model left = siamese(tower);
  BOOST_CHECK_NO_THROW(assert_shared(left->get_layer("tower"), tower));
  BOOST_CHECK_NO_THROW(assert_shared(left.weights()[0], tower.weights()[0]));
  // Two models around one tower are two layers with the same weights.
  const Tensor a = Input({4}), b = Input({4});
  BOOST_CHECK_NO_THROW(assert_shared(Model(a, tower(a)), Model(b, tower(b))));
}

BOOST_AUTO_TEST_CASE(assert_shared_names_both) {
  const Sequential one = make_tower(), other = make_tower();
  BOOST_TEST(
      message_of<StateError>([&] { assert_shared(one, other); }) ==
      "assert_shared: Sequential 'tower' and Sequential 'tower' do not share their weights: they have 0 weights in "
      "common; 'tower/fc1/kernel' (4, 3) belongs to the first alone. A layer is shared by calling one handle several "
      "times, or a copy of it; each constructor makes another layer.");
  BOOST_TEST(
      message_of<StateError>([&] { assert_shared(one.weights()[0], one.weights()[1]); }) ==
      "assert_shared: 'tower/fc1/kernel' (4, 3) and 'tower/fc1/bias' (3,) are two variables, trained and saved each by "
      "itself. Use the same Variable, or the same layer, in both places.");
  BOOST_TEST(message_of<StateError>([&] {
               assert_shared(one, siamese(one));
             }).find("they have 3 weights in common; 'score/kernel' (2, 1) belongs to the second alone") !=
             std::string::npos);
  BOOST_TEST(message_of<StateError>([&] {
               assert_shared(Dense(2, {.name = "a"}), Dense(2, {.name = "b"}));
             }).find("Dense 'a' and Dense 'b' do not share their weights: neither has weights yet") !=
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
