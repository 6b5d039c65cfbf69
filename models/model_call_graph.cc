#include "models/model_call_graph.h"

#include <algorithm>
#include <set>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "models/shared_calls.h"

namespace cornu {
namespace {

Tensors inputs_of(const Origin& origin) {
  if (const auto* call = dynamic_cast<const LayerCall*>(&origin)) return call->all_inputs();
  return dynamic_cast<const Node&>(origin).inputs();
}

}  // namespace

ModelCallGraph::ModelCallGraph(const Tensors& inputs, const Tensors& outputs) : inputs_(inputs), outputs_(outputs) {
  collect();
  order_layers();
  steps_ = steps_with_shared_calls(calls_);
}

void ModelCallGraph::collect() {
  std::set<Tensor::Key> given;
  for (const Tensor& input : inputs_) {
    if (!input.is_symbolic() || input.graph()) {
      throw GraphError("Model: expected inputs made by Input (or computed from such); got a tensor of shape " +
                       input.shape().to_string() + " that is not");
    }
    given.insert(input.key());
  }
  std::set<const Origin*> seen;
  std::vector<std::shared_ptr<const Origin>> origins;
  // Depth first, the first input first: the order in which Keras numbers what it finds.
  std::vector<Tensor> open;
  const auto push_reversed = [&](const Tensors& tensors) { open.insert(open.end(), tensors.rbegin(), tensors.rend()); };
  push_reversed(outputs_);
  while (!open.empty()) {
    const Tensor tensor = std::move(open.back());
    open.pop_back();
    if (!tensor.is_symbolic()) continue;
    const std::shared_ptr<const Origin>& origin = tensor.origin();
    if (!seen.insert(origin.get()).second) continue;
    found_order_.push_back(origin.get());
    origins.push_back(origin);
    if (given.contains(tensor.key())) continue;
    const Tensors sources = inputs_of(*origin);
    if (sources.empty()) {
      throw GraphError("Model: an output depends on " + origin->describe() + " of shape " + tensor.shape().to_string() +
                       ", which is not among the model's inputs. Add it to them.");
    }
    push_reversed(sources);
  }
  for (const Tensor& input : inputs_) {
    if (seen.insert(input.origin().get()).second) origins.push_back(input.origin());
  }
  std::sort(origins.begin(), origins.end(), [](const auto& a, const auto& b) { return a->sequence() < b->sequence(); });
  for (const auto& origin : origins) {
    calls_.push_back(
        {origin, dynamic_cast<const LayerCall*>(origin.get()), dynamic_cast<const Node*>(origin.get()), 0});
  }
}

void ModelCallGraph::order_layers() {
  std::map<const Origin*, int> depth;
  std::map<const Layer*, int> layer_depth;
  for (auto it = calls_.rbegin(); it != calls_.rend(); ++it) {
    int& own = depth[it->origin.get()];
    if (it->layer_call) {
      int& of_layer = layer_depth[it->layer_call->layer().get()];
      own = of_layer = std::max(own, of_layer);
    }
    it->depth = own;
    for (const Tensor& source : inputs_of(*it->origin)) {
      if (!source.is_symbolic()) continue;
      int& before = depth[source.origin().get()];
      before = std::max(before, own + 1);
    }
  }
  std::map<const Layer*, int> found;
  for (const Origin* origin : found_order_) {
    if (const auto* call = dynamic_cast<const LayerCall*>(origin)) {
      found.emplace(call->layer().get(), static_cast<int>(found.size()));
    }
  }
  std::set<const Layer*> listed;
  for (const Call& call : calls_) {
    if (!call.layer_call) continue;
    const LayerPtr& layer = call.layer_call->layer();
    if (listed.insert(layer.get()).second) layers_.push_back(layer);
  }
  std::stable_sort(layers_.begin(), layers_.end(), [&](const LayerPtr& a, const LayerPtr& b) {
    if (layer_depth[a.get()] != layer_depth[b.get()]) return layer_depth[a.get()] > layer_depth[b.get()];
    const auto place = [&](const LayerPtr& layer) { return found.contains(layer.get()) ? found.at(layer.get()) : -1; };
    return place(a) < place(b);
  });
}

Tensors ModelCallGraph::replay(const Tensors& inputs, bool training) const {
  std::map<Tensor::Key, Tensor> values;
  for (std::size_t i = 0; i < inputs.size(); ++i) values[inputs_[i].key()] = inputs[i];
  const auto value_of = [&](const Tensor& tensor) { return tensor.is_symbolic() ? values.at(tensor.key()) : tensor; };
  const auto run = [&](const Call& call) {
    const Origin* origin = call.origin.get();
    if (values.contains({origin, 0})) return;
    Tensors sources;
    Tensors results;
    if (call.layer_call) {
      for (const Tensor& input : call.layer_call->inputs()) sources.push_back(value_of(input));
      if (sources.empty()) return;  // an input layer that nothing uses
      CallOptions options = with_replaced_tensors(call.layer_call->options(), value_of);
      options.training = training;
      const Inputs given = call.layer_call->inputs().is_list() ? Inputs(sources) : Inputs(sources[0]);
      results = (*call.layer_call->layer())(given, options).tensors();
    } else {
      for (const Tensor& input : call.node->inputs()) sources.push_back(value_of(input));
      results = apply(call.node->operation(), sources, call.node->attributes());
    }
    for (std::size_t i = 0; i < results.size(); ++i) values[{origin, static_cast<int>(i)}] = results[i];
  };
  StackedCalls stacked;
  for (const std::vector<std::size_t>& step : steps_) {
    Tensors results;
    if (step.size() > 1) {
      Tensors sources;
      for (const std::size_t i : step) sources.push_back(value_of(calls_[i].layer_call->all_inputs()[0]));
      results = stacked.run(calls_[step[0]].layer_call->layer(), sources, training);
    }
    for (std::size_t i = 0; i < results.size(); ++i) values[{calls_[step[i]].origin.get(), 0}] = results[i];
    for (const std::size_t i : step) run(calls_[i]);
  }
  Tensors outputs;
  for (const Tensor& output : outputs_) outputs.push_back(value_of(output));
  return outputs;
}

int ModelCallGraph::call_number(const LayerCall& wanted) const {
  int number = 0;
  for (const Call& call : calls_) {
    if (call.layer_call == &wanted) return number;
    if (call.layer_call && call.layer_call->layer() == wanted.layer()) ++number;
  }
  return number;
}

}  // namespace cornu
