#include "models/shared_calls.h"

#include <algorithm>
#include <set>

#include "framework/error.h"
#include "framework/graph/sample_independence.h"
#include "framework/ops/concatenate.h"
#include "layers/call_observer.h"

namespace cornu {
namespace {

using Calls = std::vector<ModelCallGraph::Call>;
using Steps = std::vector<std::vector<std::size_t>>;

// Calls that could be one: of the same layer, on one input of the same kind, without further arguments.
Steps candidates(const Calls& calls) {
  std::map<const Layer*, std::vector<std::size_t>> by_layer;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const LayerCall* call = calls[i].layer_call;
    if (!call || call->all_inputs().size() != 1 || call->inputs().is_list() || call->output_specs().size() != 1)
      continue;
    if (!call->options().arguments.empty()) continue;
    by_layer[call->layer().get()].push_back(i);
  }
  Steps groups;
  for (auto& entry : by_layer) {
    std::vector<std::size_t>& members = entry.second;
    const auto spec = [&](std::size_t i) { return calls[i].layer_call->all_inputs()[0].spec(); };
    const bool alike =
        std::all_of(members.begin(), members.end(), [&](std::size_t i) { return spec(i) == spec(members[0]); });
    if (members.size() > 1 && alike) groups.push_back(std::move(members));
  }
  return groups;
}

// Puts each group where its last member stands, and what waits for the others behind it.
class Ordering {
 public:
  Ordering(const Calls& calls, const Steps& groups) : calls_(calls), group_of_(calls.size(), -1) {
    for (std::size_t g = 0; g < groups.size(); ++g) {
      for (const std::size_t member : groups[g]) group_of_[member] = static_cast<int>(g);
    }
    for (std::size_t i = 0; i < calls.size(); ++i) {
      const int group = group_of_[i];
      if (group < 0) {
        place({i});
      } else if (const auto& members = groups[static_cast<std::size_t>(group)]; members.back() == i) {
        place(members);
      } else {
        missing_.insert(calls[i].origin.get());
      }
    }
  }

  const Steps& steps() const { return steps_; }
  // Steps whose inputs never come, because a group depends on itself.
  const Steps& stuck() const { return waiting_; }

 private:
  bool is_ready(const std::vector<std::size_t>& step) const {
    return std::all_of(step.begin(), step.end(), [&](std::size_t i) {
      const Tensors inputs = calls_[i].layer_call ? calls_[i].layer_call->all_inputs() : calls_[i].node->inputs();
      return std::all_of(inputs.begin(), inputs.end(), [&](const Tensor& input) {
        return !input.is_symbolic() || !missing_.contains(input.origin().get());
      });
    });
  }

  void place(const std::vector<std::size_t>& step) {
    if (!is_ready(step)) {
      for (const std::size_t i : step) missing_.insert(calls_[i].origin.get());
      waiting_.push_back(step);
      return;
    }
    steps_.push_back(step);
    if (step.size() == 1) return;
    for (const std::size_t i : step) missing_.erase(calls_[i].origin.get());
    place_waiting();
  }

  void place_waiting() {
    for (bool placed = true; placed;) {
      placed = false;
      Steps still;
      for (std::vector<std::size_t>& step : waiting_) {
        if (!is_ready(step)) {
          still.push_back(std::move(step));
          continue;
        }
        for (const std::size_t i : step) missing_.erase(calls_[i].origin.get());
        steps_.push_back(std::move(step));
        placed = true;
      }
      waiting_ = std::move(still);
    }
  }

  const Calls& calls_;
  std::vector<int> group_of_;
  std::set<const Origin*> missing_;
  Steps steps_;
  Steps waiting_;
};

// Whether the layer treats the samples of such an input each by itself, found by tracing a call.
bool is_samplewise(Layer& layer, const TensorSpec& spec, bool training) {
  const auto graph = std::make_shared<Graph>("samples of " + layer.name());
  const LossScope losses;
  const GraphScope scope(graph);
  const Tensor input = graph->placeholder(spec);
  const Outputs outputs = layer(input, {.training = training});
  return outputs.size() == 1 && outputs[0].is_symbolic() && !outputs[0].mask().defined() && losses.losses().empty() &&
         treats_samples_alone(*graph, input, outputs[0]);
}

}  // namespace

Steps steps_with_shared_calls(const Calls& calls) {
  Steps groups = candidates(calls);
  for (;;) {
    const Ordering ordering(calls, groups);
    if (ordering.stuck().empty()) return ordering.steps();
    // Without the first group that waits for itself, others may come through.
    const auto stuck = std::find_if(ordering.stuck().begin(), ordering.stuck().end(),
                                    [](const auto& step) { return step.size() > 1; });
    groups.erase(std::find(groups.begin(), groups.end(), *stuck));
  }
}

Tensors StackedCalls::run(const LayerPtr& layer, const Tensors& inputs, bool training) {
  // Who watches calls wants to see each of them.
  if (!GraphScope::current() || !CallObserver::of_this_thread().empty()) return {};
  std::vector<std::int64_t> positions;
  std::int64_t rows = 0;
  for (const Tensor& input : inputs) {
    const bool fits = input.is_symbolic() && input.shape().rank() > 1 && input.shape()[0] > 0 &&
                      input.spec() == inputs[0].spec() && !input.mask().defined();
    if (!fits) return {};
    if (rows > 0) positions.push_back(rows);
    rows += input.shape()[0];
  }
  TensorSpec spec = inputs[0].spec();
  std::vector<std::int64_t> dims = spec.shape.dims();
  dims[0] = rows;
  spec.shape = Shape(dims);
  if (!spec.shape.is_known() || !is_samplewise(*layer, spec, training)) return {};
  const Tensor output = Outputs((*layer)(stacked(inputs), {.training = training})).tensors()[0];
  const Tensors parts = ops::split(output, positions, 0);
  std::vector<Tensor::Key> keys;
  for (const Tensor& part : parts) keys.push_back(part.key());
  stacks_.emplace(std::move(keys), output);
  return parts;
}

Tensor StackedCalls::stacked(const Tensors& parts) {
  std::vector<Tensor::Key> keys;
  for (const Tensor& part : parts) keys.push_back(part.key());
  const auto known = stacks_.find(keys);
  return known != stacks_.end() ? known->second : ops::concatenate(parts, 0);
}

}  // namespace cornu
