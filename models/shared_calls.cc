#include "models/shared_calls.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

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

// Puts each group where its last member stands, and what waits for the others behind it. Groups that wait for
// themselves are dissolved.
class Ordering {
 public:
  Ordering(const Calls& calls, const Steps& groups)
      : num_groups_(groups.size()),
        units_(groups),
        unit_of_(calls.size()),
        consumers_(calls.size()),
        missing_of_call_(calls.size(), 0),
        missing_(groups.size() + calls.size(), 0),
        arrived_(groups.size() + calls.size(), false) {
    for (std::size_t i = 0; i < calls.size(); ++i) {
      units_.push_back({i});
      unit_of_[i] = single(i);
    }
    for (std::size_t g = 0; g < num_groups_; ++g) {
      for (const std::size_t member : units_[g]) unit_of_[member] = g;
    }
    count_missing_inputs(calls);
    for (std::size_t i = 0; i < calls.size(); ++i) {
      if (units_[unit_of_[i]].back() == i) arrive(unit_of_[i]);
    }
    // Whatever still waits does so for one of these, and the first of them for itself or for those after it.
    while (!waiting_groups_.empty()) dissolve(waiting_groups_.begin()->second);
  }

  const Steps& steps() const { return steps_; }

  /// Those that were not dissolved.
  Steps groups() const {
    Steps kept;
    for (std::size_t g = 0; g < num_groups_; ++g) {
      if (unit_of_[units_[g].front()] == g) kept.push_back(units_[g]);
    }
    return kept;
  }

 private:
  // A unit is a group, or a call that is in none; they are ordered by the last of their calls.
  using Units = std::set<std::pair<std::size_t, std::size_t>>;

  std::size_t single(std::size_t call) const { return num_groups_ + call; }
  std::pair<std::size_t, std::size_t> place_of(std::size_t unit) const { return {units_[unit].back(), unit}; }

  void count_missing_inputs(const Calls& calls) {
    std::unordered_map<const Origin*, std::size_t> number_of;
    for (std::size_t i = 0; i < calls.size(); ++i) number_of.emplace(calls[i].origin.get(), i);
    for (std::size_t i = 0; i < calls.size(); ++i) {
      for (const Tensor& input : calls[i].layer_call ? calls[i].layer_call->all_inputs() : calls[i].node->inputs()) {
        const auto source = input.is_symbolic() ? number_of.find(input.origin().get()) : number_of.end();
        if (source == number_of.end()) continue;
        consumers_[source->second].push_back(i);
        ++missing_of_call_[i];
        ++missing_[unit_of_[i]];
      }
    }
  }

  void arrive(std::size_t unit) {
    arrived_[unit] = true;
    if (missing_[unit] == 0) {
      ready_.insert(place_of(unit));
      place_ready();
    } else if (unit < num_groups_) {
      waiting_groups_.insert(place_of(unit));
    }
  }

  void dissolve(std::size_t group) {
    waiting_groups_.erase(place_of(group));
    for (const std::size_t member : units_[group]) {
      unit_of_[member] = single(member);
      missing_[single(member)] = missing_of_call_[member];
    }
    for (const std::size_t member : units_[group]) arrive(single(member));
  }

  void place_ready() {
    while (!ready_.empty()) {
      const std::size_t placed = ready_.begin()->second;
      ready_.erase(ready_.begin());
      steps_.push_back(units_[placed]);
      for (const std::size_t call : units_[placed]) {
        for (const std::size_t consumer : consumers_[call]) {
          --missing_of_call_[consumer];
          const std::size_t unit = unit_of_[consumer];
          if (--missing_[unit] > 0 || !arrived_[unit]) continue;
          waiting_groups_.erase(place_of(unit));
          ready_.insert(place_of(unit));
        }
      }
    }
  }

  std::size_t num_groups_;
  Steps units_;  // groups, and then each call by itself
  std::vector<std::size_t> unit_of_;
  Steps consumers_;                           // of each call
  std::vector<std::size_t> missing_of_call_;  // inputs that are not placed yet
  std::vector<std::size_t> missing_;          // the same of each unit
  std::vector<bool> arrived_;                 // its last call was met
  Units ready_;
  Units waiting_groups_;
  Steps steps_;
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
  const Steps groups = candidates(calls);
  const Ordering first(calls, groups);
  const Steps kept = first.groups();
  // Where groups were dissolved all calls can be placed anew, without them.
  return kept.size() == groups.size() ? first.steps() : Ordering(calls, kept).steps();
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
