#include "models/graph_description.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <set>

#include "framework/ops/arithmetic.h"
#include "io/event_file.h"
#include "layers/activations/activation.h"
#include "layers/convolutional/conv2d.h"
#include "layers/core/dense.h"
#include "layers/core/input.h"
#include "layers/merging/add.h"
#include "layers/merging/subtract.h"
#include "layers/normalization/batch_normalization.h"
#include "layers/pooling/global_average_pooling2d.h"
#include "layers/pooling/max_pooling2d.h"
#include "layers/reshaping/zero_padding2d.h"
#include "layers/rnn/lstm.h"
#include "layers/rnn/rnn.h"
#include "layers/rnn/simple_rnn_cell.h"
#include "models/functional.h"
#include "models/sequential.h"
#include "tests/io/scratch_folder.h"
#include "tests/support/event_file_reader.h"

using namespace cornu;
using namespace cornu::layers;
using io::GraphDescription;

namespace {

const GraphDescription::Node& node(const GraphDescription& graph, const std::string& name) {
  for (const GraphDescription::Node& candidate : graph.nodes) {
    if (candidate.name == name) return candidate;
  }
  throw std::runtime_error("no node " + name);
}

std::vector<std::string> names_of(const GraphDescription& graph) {
  std::vector<std::string> names;
  for (const GraphDescription::Node& each : graph.nodes) names.push_back(each.name);
  return names;
}

Shape shape_of_edge(const GraphDescription& graph, const std::string& name) {
  return *std::get<std::vector<io::GraphShape>>(node(graph, name).attributes.at("_output_shapes")).at(0);
}

// Keras' ResNet-50 with its names; `width` is 64 there.
Model resnet50(std::int64_t width) {
  const auto normalized = [](const Tensor& x, const std::string& name) -> Tensor {
    return BatchNormalization({.name = name})(x);
  };
  const auto relu = [](const Tensor& x, const std::string& name) -> Tensor {
    return Activation("relu", {.name = name})(x);
  };
  const auto block = [&](const Tensor& x, std::int64_t filters, std::int64_t stride, bool projects,
                         const std::string& name) {
    Tensor shortcut = x;
    if (projects) {
      shortcut = Conv2D(4 * filters, {1, 1}, {.strides = {stride, stride}, .name = name + "_0_conv"})(x);
      shortcut = normalized(shortcut, name + "_0_bn");
    }
    Tensor y = Conv2D(filters, {1, 1}, {.strides = {stride, stride}, .name = name + "_1_conv"})(x);
    y = relu(normalized(y, name + "_1_bn"), name + "_1_relu");
    y = Conv2D(filters, {3, 3}, {.padding = "same", .name = name + "_2_conv"})(y);
    y = relu(normalized(y, name + "_2_bn"), name + "_2_relu");
    y = normalized(Conv2D(4 * filters, {1, 1}, {.name = name + "_3_conv"})(y), name + "_3_bn");
    return relu(Add({.name = name + "_add"})({shortcut, y}), name + "_out");
  };
  const Tensor input = Input({224, 224, 3}, {.name = "input_layer"});
  Tensor x = Conv2D(width, {7, 7}, {.strides = {2, 2}, .name = "conv1_conv"})(
      ZeroPadding2D({.padding = 3, .name = "conv1_pad"})(input));
  x = relu(normalized(x, "conv1_bn"), "conv1_relu");
  x = MaxPooling2D({3, 3}, {.strides = 2, .name = "pool1_pool"})(ZeroPadding2D({.padding = 1, .name = "pool1_pad"})(x));
  const std::vector<int> blocks = {3, 4, 6, 3};
  for (std::size_t stack = 0; stack < blocks.size(); ++stack) {
    for (int i = 0; i < blocks[stack]; ++i) {
      const std::string name = "conv" + std::to_string(stack + 2) + "_block" + std::to_string(i + 1);
      x = block(x, width << stack, i == 0 && stack > 0 ? 2 : 1, i == 0, name);
    }
  }
  x = GlobalAveragePooling2D({.name = "avg_pool"})(x);
  return Model(input, Dense(1000, {.activation = "softmax", .name = "predictions"})(x), {.name = "resnet50"});
}

// A layer with layers and operations inside.
class ScoreLayer : public Layer {
 public:
  ScoreLayer() : Layer("score") {}
  Dense left{2, {.name = "left"}};
  Dense right{2, {.name = "right"}};

 protected:
  Outputs call(const Inputs& x, const CallContext&) override { return left(x[0]).single() * right(x[0]).single(); }
};
using Score = Shared<ScoreLayer>;

}  // namespace

BOOST_AUTO_TEST_SUITE(models_graph_description)

BOOST_AUTO_TEST_CASE(shared_layers_and_variables_are_one_node) {
  const Tensor left = Input({4}, {.name = "left"});
  const Tensor right = Input({4}, {.name = "right"});
  const Sequential tower({Dense(3, {.name = "fc1"})}, {.name = "tower", .input_shape = Shape{4}});
  const Model model({left, right}, Subtract({.name = "difference"})({tower(left), tower(right)}), {.name = "siamese"});
  const GraphDescription graph = graph_description_of(*model);
  const std::vector<std::string> expected = {"tower/fc1/kernel", "tower/fc1/bias", "left", "right",
                                             "tower/fc1",        "difference"};
  BOOST_TEST(names_of(graph) == expected);
  BOOST_TEST(node(graph, "tower/fc1").op == "Dense");
  BOOST_TEST(node(graph, "tower/fc1").inputs ==
             std::vector<std::string>({"left", "right", "tower/fc1/kernel", "tower/fc1/bias"}));
  BOOST_TEST(node(graph, "difference").inputs == std::vector<std::string>({"tower/fc1", "tower/fc1"}));
  BOOST_TEST(shape_of_edge(graph, "tower/fc1") == Shape({kUnknown, 3}));
  BOOST_TEST(shape_of_edge(graph, "tower/fc1/kernel") == Shape({4, 3}));
  BOOST_TEST(std::get<std::int64_t>(node(graph, "tower/fc1").attributes.at("calls")) == 2);
  BOOST_TEST(node(graph, "tower/fc1/kernel").op == "VariableV2");
}

BOOST_AUTO_TEST_CASE(other_outputs_are_numbered) {
  const Tensor input = Input({5, 3}, {.name = "x"});
  const Outputs all = LSTM(4, {.return_state = true, .name = "lstm"})(input);
  const Model model(input, Add({.name = "add"})({all[0], all[2]}));
  BOOST_TEST(node(graph_description_of(*model), "add").inputs == std::vector<std::string>({"lstm", "lstm:2"}));
}

BOOST_AUTO_TEST_CASE(layers_of_ones_own_open) {
  const Tensor input = Input({4}, {.name = "a:b"});
  const Model model(input, Score()(input));
  const GraphDescription graph = graph_description_of(*model);
  BOOST_TEST(node(graph, "score/left").inputs ==
             std::vector<std::string>({"a_b", "score/left/kernel", "score/left/bias"}));
  BOOST_TEST(node(graph, "score/multiply").inputs == std::vector<std::string>({"score/left", "score/right"}));
}

// What a layer's policy casts by itself is no operation that a person wrote.
BOOST_AUTO_TEST_CASE(casts_of_mixed_precision_are_not_drawn) {
  const Tensor input = Input({4}, {.name = "x"});
  const Tensor hidden = Dense(3, {.name = "low", .dtype = "mixed_bfloat16"})(input);
  const Model model(input, Dense(2, {.name = "high"})(hidden));
  const GraphDescription graph = graph_description_of(*model);
  BOOST_TEST(graph.nodes.size() == 3u + 4u);
  BOOST_TEST(node(graph, "low").inputs == std::vector<std::string>({"x", "low/kernel", "low/bias"}));
  BOOST_TEST(node(graph, "high").inputs == std::vector<std::string>({"low", "high/kernel", "high/bias"}));
  BOOST_CHECK(std::get<DType>(node(graph, "low").attributes.at("dtype")) == bfloat16);
  BOOST_CHECK(std::get<DType>(node(graph, "low/kernel").attributes.at("dtype")) == float32);
}

// A recurrent layer is one node with the weights of its cell, however many steps there are.
BOOST_AUTO_TEST_CASE(steps_of_a_recurrent_layer_are_not_drawn) {
  const Tensor input = Input({50, 3}, {.name = "x"});
  const RNN rnn(SimpleRNNCell(4, {.name = "cell"}), {.name = "rnn"});
  const Model model(input, rnn(input));
  const GraphDescription graph = graph_description_of(*model);
  const std::vector<std::string> expected = {"rnn/cell/kernel", "rnn/cell/recurrent_kernel", "rnn/cell/bias", "x",
                                             "rnn"};
  BOOST_TEST(names_of(graph) == expected);
  BOOST_TEST(node(graph, "rnn").inputs ==
             std::vector<std::string>({"x", "rnn/cell/kernel", "rnn/cell/recurrent_kernel", "rnn/cell/bias"}));
}

// Every name an edge speaks of is a node, nothing is there twice, and the whole file is small.
BOOST_AUTO_TEST_CASE(the_file_of_resnet50_is_below_a_megabyte) {
  const testing::ScratchFolder folder;
  const Model model = resnet50(4);
  BOOST_TEST(model.weights().size() == 320u);  // as many as Keras' has
  const GraphDescription graph = graph_description_of(*model);
  io::EventWriter writer(folder / "");
  writer.write_graph(graph);
  writer.close();
  const auto size = std::filesystem::file_size(writer.path());
  BOOST_TEST_MESSAGE("ResNet-50: " << graph.nodes.size() << " nodes, " << size << " bytes");
  BOOST_TEST(size < 1000000u);
  BOOST_TEST(size > 20000u);
  const std::vector<std::string> names = names_of(graph);
  const std::set<std::string> unique(names.begin(), names.end());
  BOOST_TEST(unique.size() == names.size());
  BOOST_TEST(names.size() == 320u + 177u);  // Keras counts 177 layers
  for (const GraphDescription::Node& each : graph.nodes) {
    for (const std::string& input : each.inputs) BOOST_TEST(unique.contains(input), input);
  }
  const auto records = test::read_event_file(writer.path());
  const test::EventNode& sum = test::node_named(records, "conv2_block1_add");
  BOOST_TEST(sum.inputs == std::vector<std::string>({"conv2_block1_0_bn", "conv2_block1_3_bn"}));
  BOOST_TEST(sum.attributes.at("_output_shapes") == "list [shape (?, 56, 56, 16)]");
}

BOOST_AUTO_TEST_SUITE_END()
