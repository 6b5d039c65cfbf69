#include <algorithm>

#include "framework/error.h"
#include "framework/graph/graph.h"
#include "framework/graph/node.h"
#include "framework/graph/recording.h"
#include "framework/graph/unknown_rank.h"
#include "framework/kernel.h"
#include "framework/operation.h"

namespace cornu {
namespace {

thread_local int recording_scopes = 0;

TensorSpecs specs_of(const Tensors& tensors) {
  TensorSpecs specs;
  specs.reserve(tensors.size());
  for (const Tensor& tensor : tensors) specs.push_back(tensor.spec());
  return specs;
}

Tensors outputs_of(const std::shared_ptr<Node>& node) {
  Tensors outputs;
  outputs.reserve(node->num_outputs());
  for (std::size_t i = 0; i < node->num_outputs(); ++i) outputs.push_back(node->output(i));
  return outputs;
}

// Computes at once. Under a tape the results remember the node, which keeps what gradient rules need.
Tensors apply_eagerly(const Operation& operation, Tensors inputs, Attributes attributes, TensorSpecs specs) {
  Tensors results = run_eagerly(operation.name, attributes, inputs, specs);
  if (!RecordingScope::active() || !operation.gradient) return results;
  auto node = std::make_shared<Node>(operation, std::move(inputs), std::move(attributes), std::move(specs), nullptr);
  std::vector<Storage> values;
  for (const Tensor& result : results) values.push_back(result.storage());
  node->keep_values(std::move(values));
  return outputs_of(node);
}

// The graph all symbols among the inputs belong to; null for those of a functional model.
std::shared_ptr<Graph> common_graph(const Operation& operation, const Tensors& inputs) {
  const Tensor* first = nullptr;
  for (const Tensor& input : inputs) {
    if (!input.is_symbolic()) continue;
    if (first && first->graph() != input.graph()) {
      const auto label = [](const Tensor& t) {
        return t.graph() ? "graph '" + t.graph()->name() + "'" : "a functional model";
      };
      throw GraphError("operation '" + operation.name + "': expected inputs of one graph; got a tensor of " +
                           label(*first) + " and one of " + label(input) +
                           ". Build both in one graph, or pass values between the two.",
                       {}, operation.name);
    }
    first = &input;
  }
  return first->graph();
}

// In the body of a function, tensors of the graphs around it become inputs of the body.
void capture_from_outside(Tensors& inputs) {
  const std::shared_ptr<Graph> tracing = GraphScope::current();
  if (!tracing || !tracing->parent()) return;
  for (Tensor& input : inputs) {
    const std::shared_ptr<Graph> origin = input.graph();
    if (origin && origin != tracing && tracing->is_inside(*origin)) input = tracing->capture(input);
  }
}

void refuse_bare_variables(const Operation& operation, const Tensors& inputs) {
  for (const Tensor& input : inputs) {
    if (!input.variable() || input.is_symbolic()) continue;
    throw GraphError("operation '" + operation.name + "': variable '" + Variable::from_state(input.variable()).path() +
                         "' is used directly on tensors made from Input, so no layer would own it. Use it inside the "
                         "call() of a layer that created it with add_weight.",
                     {}, operation.name);
  }
}

}  // namespace

RecordingScope::RecordingScope() { ++recording_scopes; }
RecordingScope::~RecordingScope() { --recording_scopes; }
bool RecordingScope::active() { return recording_scopes > 0; }
RecordingScope::Pause::Pause() { --recording_scopes; }
RecordingScope::Pause::~Pause() { ++recording_scopes; }

Tensors apply(const Operation& operation, Tensors inputs, Attributes attributes) {
  TensorSpecs specs = infer_for_any_rank(
      specs_of(inputs), [&](std::span<const TensorSpec> known) { return operation.infer(known, attributes); });
  const bool symbolic = std::any_of(inputs.begin(), inputs.end(), [](const Tensor& t) { return t.is_symbolic(); });
  if (!symbolic) {
    const bool known = std::all_of(specs.begin(), specs.end(), [](const auto& spec) { return spec.shape.is_known(); });
    const std::shared_ptr<Graph> tracing = GraphScope::current();
    if (known) return apply_eagerly(operation, std::move(inputs), std::move(attributes), std::move(specs));
    // A value of unknown size, such as zeros for an unknown batch, can only be a symbol.
    if (!tracing)
      throw ShapeError("operation '" + operation.name + "': the result's shape " + specs[0].shape.to_string() +
                       " is not known");
    return outputs_of(tracing->add(operation, std::move(inputs), std::move(attributes), std::move(specs)));
  }
  capture_from_outside(inputs);
  const std::shared_ptr<Graph> graph = common_graph(operation, inputs);
  if (graph) return outputs_of(graph->add(operation, std::move(inputs), std::move(attributes), std::move(specs)));
  refuse_bare_variables(operation, inputs);
  return outputs_of(
      std::make_shared<Node>(operation, std::move(inputs), std::move(attributes), std::move(specs), nullptr));
}

Tensor apply_single(const Operation& operation, Tensors inputs, Attributes attributes) {
  return apply(operation, std::move(inputs), std::move(attributes))[0];
}

}  // namespace cornu
