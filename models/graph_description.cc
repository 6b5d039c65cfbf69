#include "models/graph_description.h"

#include <algorithm>
#include <set>

#include "layers/rnn/rnn.h"
#include "layers/rnn/time_distributed.h"
#include "models/model_diagram.h"

namespace cornu {
namespace {

using io::GraphDescription;
using io::GraphShape;

// In an input "a:1" is output 1 of "a", and "^a" waits for "a".
std::string node_name(std::string path) {
  for (char& c : path) {
    if (c == ':' || c == '^') c = '_';
  }
  return path;
}

std::vector<GraphShape> shapes_of(const TensorSpecs& specs) {
  std::vector<GraphShape> shapes;
  for (const TensorSpec& spec : specs) shapes.emplace_back(spec.shape);
  return shapes;
}

GraphDescription::Node node_of(const ModelDiagram::Box& box) {
  GraphDescription::Node node{.name = node_name(box.path), .op = box.class_name};
  node.attributes["_output_shapes"] = shapes_of(box.outputs);
  if (!box.outputs.empty()) node.attributes["dtype"] = box.outputs[0].dtype;
  if (box.num_calls > 1) node.attributes["calls"] = std::int64_t{box.num_calls};
  if (box.layer && !box.layer->weights().empty()) node.attributes["trainable"] = box.layer->trainable();
  return node;
}

GraphDescription::Node node_of(const Variable& variable, const std::string& name) {
  GraphDescription::Node node{.name = name, .op = "VariableV2"};
  node.attributes["_output_shapes"] = std::vector<GraphShape>{variable.shape()};
  node.attributes["dtype"] = variable.dtype();
  node.attributes["shape"] = GraphShape(variable.shape());
  node.attributes["trainable"] = variable.trainable();
  return node;
}

// What a variable is called within the box of a layer: "forward_lstm/kernel".
std::string name_within(const ModelDiagram::Box& box, const Variable& variable) {
  const std::string path = "/" + variable.path();
  const std::string layer = box.layer ? "/" + box.layer->name() + "/" : "/";
  const std::size_t at = path.rfind(layer);
  return at == std::string::npos || !box.layer ? variable.name() : path.substr(at + layer.size());
}

}  // namespace

GraphDescription graph_description_of(const ModelLayer& model) {
  // A layer that calls others once for each step of its input would show as many operations as there are steps.
  const ModelDiagram diagram = diagram_of(model, [](const Layer& layer) {
    return !dynamic_cast<const layers::RNNLayer*>(&layer) && !dynamic_cast<const layers::TimeDistributedLayer*>(&layer);
  });
  std::vector<std::vector<std::string>> inputs(diagram.boxes.size());
  for (const ModelDiagram::Arrow& arrow : diagram.arrows) {
    const std::string name = node_name(diagram.boxes[static_cast<std::size_t>(arrow.from)].path);
    const std::string output = arrow.output == 0 ? "" : ":" + std::to_string(arrow.output);
    inputs[static_cast<std::size_t>(arrow.to)].push_back(name + output);
  }
  // A variable stands in the box of the first that reads it.
  GraphDescription graph;
  std::set<std::string> taken;
  for (const ModelDiagram::Box& box : diagram.boxes) taken.insert(node_name(box.path));
  for (const ModelDiagram::VariableReads& reads : diagram.variables) {
    const ModelDiagram::Box& first = diagram.boxes[static_cast<std::size_t>(reads.boxes[0])];
    const std::string base = node_name(first.path + "/" + name_within(first, reads.variable));
    std::string name = base;
    for (int i = 1; !taken.insert(name).second; ++i) name = base + "_" + std::to_string(i);
    graph.nodes.push_back(node_of(reads.variable, name));
    for (const int box : reads.boxes) inputs[static_cast<std::size_t>(box)].push_back(name);
  }
  for (std::size_t i = 0; i < diagram.boxes.size(); ++i) {
    if (diagram.boxes[i].is_open) continue;
    graph.nodes.push_back(node_of(diagram.boxes[i]));
    graph.nodes.back().inputs = std::move(inputs[i]);
  }
  return graph;
}

}  // namespace cornu
