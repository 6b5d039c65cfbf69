#include "layers/layer.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "layers/core/dense.h"
#include "layers/core/input.h"
#include "layers/core/lambda.h"
#include "layers/registry.h"
#include "layers/shared.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Dense;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

// One weight, made in build().
class ScaleLayer : public Layer {
 public:
  ScaleLayer() : Layer("scale") {}

 protected:
  void build(const Shapes& inputs) override { gain_ = add_weight("gain", {inputs[0].back()}, {.initializer = "ones"}); }
  Outputs call(const Inputs& x, const CallContext&) override { return x[0] * compute_value(gain_); }

 private:
  Variable gain_;
};
using Scale = Shared<ScaleLayer>;

// Holds one layer as a member and one that it was given, and a weight of its own.
class EncoderLayer : public Layer {
 public:
  EncoderLayer(std::int64_t units, Dense shared)
      : Layer("encoder"), fc1(units, {.activation = "relu", .name = "fc1"}), embedding(shared) {}
  Dense fc1;
  Dense embedding;

 protected:
  void build(const Shapes& inputs) override { gain_ = add_weight("gain", {inputs[0].back()}, {.initializer = "ones"}); }
  Outputs call(const Inputs& x, const CallContext&) override { return embedding(fc1(x[0] * gain_.value())); }

 private:
  Variable gain_;
};
using Encoder = Shared<EncoderLayer>;

class StackLayer : public Layer {
 public:
  explicit StackLayer(std::size_t depth) : Layer("stack") {
    for (std::size_t i = 0; i < depth; ++i) blocks.push_back(Dense(3));
  }
  LayerList blocks{"blocks"};

 protected:
  Outputs call(const Inputs& x, const CallContext&) override {
    Tensor y = x[0];
    for (std::size_t i = 0; i < blocks.size(); ++i) y = blocks[i](y);
    return y;
  }
};
using Stack = Shared<StackLayer>;

// Calls a layer that it does not hold: the handle lives outside of the body.
class ForgetfulLayer : public Layer {
 public:
  explicit ForgetfulLayer(const Dense* elsewhere) : Layer("forgetful"), elsewhere_(elsewhere) {}

 protected:
  Outputs call(const Inputs& x, const CallContext&) override { return (*elsewhere_)(x); }

 private:
  const Dense* elsewhere_;
};
using Forgetful = Shared<ForgetfulLayer>;

class ClashLayer : public Layer {
 public:
  ClashLayer() : Layer("clash") {}

 protected:
  void build(const Shapes&) override {
    add_weight("kernel", {1});
    add_weight("kernel", {1});
  }
  Outputs call(const Inputs& x, const CallContext&) override { return x.tensors(); }
};
using Clash = Shared<ClashLayer>;

std::vector<std::string> names_of(const Variables& variables) {
  std::vector<std::string> names;
  for (const Variable& variable : variables) names.push_back(variable.path());
  return names;
}

const Tensor kInput = test::floats({1, 2, 3, 4, 5, 6}, {2, 3});

BOOST_AUTO_TEST_SUITE(layers_layer)

BOOST_AUTO_TEST_CASE(second_call_adds_no_weights) {
  const Dense dense(2);
  const Tensor left = layers::Input({3}), right = layers::Input({3});
  dense(left);
  BOOST_TEST(dense->weights().size() == 2u);
  dense(right);
  dense(kInput);
  BOOST_TEST(dense->weights().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_copy_of_a_handle_is_the_same_layer) {
  const Dense first(2);
  const Dense copy = first;  // NOLINT(performance-unnecessary-copy-initialization): copying is what is tested
  BOOST_CHECK(copy == first);
  const std::vector<double> y = values_of(first(kInput));
  BOOST_TEST(y == values_of(copy(kInput)), boost::test_tools::per_element());
  BOOST_CHECK(first->kernel() == copy->kernel());
}

BOOST_AUTO_TEST_CASE(a_class_of_ones_own_is_a_layer_like_others) {
  check_layer(Scale(), {.input_shapes = {{2, 3}}, .output_shapes = {{2, 3}}, .weights = {"gain"}, .has_config = false});
  BOOST_TEST(Scale()->class_name() == "Scale");
}

BOOST_AUTO_TEST_CASE(handles_that_are_members_are_sublayers) {
  const Dense embedding(2, {.name = "embedding"});
  const Encoder encoder(4, embedding);
  encoder(kInput);
  BOOST_TEST(encoder->sublayers().size() == 2u);
  BOOST_TEST(names_of(encoder->weights()) ==
                 (std::vector<std::string>{"encoder/gain", "encoder/fc1/kernel", "encoder/fc1/bias",
                                           "encoder/embedding/kernel", "encoder/embedding/bias"}),
             boost::test_tools::per_element());
  BOOST_TEST(encoder->count_params() == 3 + 16 + 10);
}

BOOST_AUTO_TEST_CASE(a_layer_held_twice_has_its_weights_listed_once) {
  const Dense embedding(2);
  const Encoder first(4, embedding), second(4, embedding);
  first(kInput);
  second(kInput);
  BOOST_CHECK(first->weights()[3] == second->weights()[3]);
  BOOST_TEST(first->weights().size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_list_names_its_items_by_class) {
  const Stack stack(std::size_t{3});
  stack(kInput);
  BOOST_TEST(stack->weights().size() == 6u);
  const std::vector<LayerAttribute> attributes = stack->attributes();
  BOOST_TEST_REQUIRE(attributes.size() == 1u);
  BOOST_TEST(attributes[0].name == "blocks");
  BOOST_TEST(attributes[0].is_container);
  BOOST_TEST(attributes[0].layers.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_layer_called_where_nobody_holds_it_is_an_error) {
  const Dense elsewhere(2, {.name = "fc"});
  const Forgetful forgetful(&elsewhere);
  BOOST_TEST(
      message_of<StateError>([&] { forgetful(kInput); }) ==
      "Dense 'forgetful/fc' has weights and is called inside Forgetful 'forgetful', which does not hold it: its "
      "weights would be "
      "neither trained nor saved. Make the handle a member of that layer's class (or put it into a LayerList member).");
}

BOOST_AUTO_TEST_CASE(names_of_weights_are_unique_in_a_layer) {
  BOOST_TEST(message_of<InvalidArgument>([] { Clash()(kInput); }) ==
             "Clash 'clash': a weight named \"kernel\" exists already; give each weight a name of its own");
}

BOOST_AUTO_TEST_CASE(a_clone_has_weights_of_its_own) {
  const Dense dense(2, {.activation = "tanh", .name = "fc"});
  dense(kInput);
  const AnyLayer clone = dense.clone();
  BOOST_TEST(clone->name() == "fc");
  BOOST_TEST((clone->config() == dense->config()));
  BOOST_TEST(!clone->built());
  clone(kInput);
  BOOST_CHECK(!(clone->weights()[0] == dense->kernel()));
}

BOOST_AUTO_TEST_CASE(a_layer_of_functions_cannot_be_cloned) {
  const layers::Lambda twice([](const Tensor& x) { return x * 2.0; }, {.name = "twice"});
  BOOST_TEST(message_of<Unsupported>([&] { twice.clone(); }) ==
             "clone: Lambda 'twice' would be made again from its configuration, but that of layer 'twice' does not "
             "suffice: a Lambda holds a C++ function, and a class of one's own has to be registered with "
             "register_layer. Make a second layer as you made the first.");
}

BOOST_AUTO_TEST_CASE(freezing_moves_weights_to_the_non_trainable_ones) {
  const Encoder encoder(4, Dense(2));
  encoder(kInput);
  encoder->fc1->set_trainable(false);
  BOOST_TEST(encoder->trainable_variables().size() == 3u);
  BOOST_TEST(encoder->non_trainable_variables().size() == 2u);
  encoder->set_trainable(false);
  BOOST_TEST(encoder->trainable_variables().empty());
  BOOST_TEST(encoder->weights().size() == 5u);
  encoder->set_trainable(true);
  BOOST_TEST(encoder->trainable_variables().size() == 5u);
}

BOOST_AUTO_TEST_CASE(weights_are_set_only_where_all_fit) {
  const Dense dense(2, {.name = "fc"});
  dense(kInput);
  const std::vector<double> before = values_of(dense->kernel().snapshot());
  BOOST_TEST(message_of<InvalidArgument>([&] {
               dense->set_weights({floats({1, 2}, {2})});
             }) == "Dense 'fc': expected 2 values, one for each weight; got 1");
  BOOST_TEST(message_of<ShapeError>([&] {
               dense->set_weights({floats({0, 0, 0, 0, 0, 0}, {3, 2}), floats({1}, {1})});
             }) == "Dense 'fc': expected shape (2,) for weight 1 'fc/bias'; got (1,)");
  BOOST_TEST(values_of(dense->kernel().snapshot()) == before, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_class_that_is_not_registered_cannot_be_made_from_a_file) {
  const std::string message = message_of<FormatError>([] { layer_from_config(serialize_layer(*Scale())); });
  BOOST_TEST(
      message.find(
          "layer 'scale': no class \"Scale\" is registered. Write the class in C++ and add, before loading, the line "
          "register_layer<ScaleLayer>(\"my_package\"); registered are: ") == 0u,
      message);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
