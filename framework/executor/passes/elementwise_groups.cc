#include "framework/executor/passes/elementwise_groups.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

namespace cornu {
namespace {

// More inputs than this would not help: each is a stream from memory of its own.
constexpr std::size_t kMaxInputs = 24;
constexpr std::size_t kMaxSteps = 96;
// Groups that are looked at for a cycle. Two that have more between them are far apart in time, such as a layer and its
// gradient in a deep network: one of them needs the other by way of what lies between, or would keep its inputs long.
constexpr std::size_t kMaxBetween = 256;

bool is_machine_dtype(DType dtype) { return dtype == DType::kFloat32 || dtype == DType::kBool; }

}  // namespace

bool is_fusable(const Ir& ir, const IrNode& node) {
  if (!node.operation->is_elementwise || node.outputs.size() != 1) return false;
  const TensorSpec& result = ir.spec(node.outputs[0]);
  if (!is_machine_dtype(result.dtype) || result.shape.num_elements() == 0) return false;
  if (node.operation->name == "cast") {
    const DType from = ir.spec(node.inputs[0]).dtype;
    return is_machine_dtype(from) || from == DType::kInt32 || from == DType::kInt64 || from == DType::kUInt8;
  }
  return std::all_of(node.inputs.begin(), node.inputs.end(),
                     [&](int input) { return is_machine_dtype(ir.spec(input).dtype); });
}

ElementwiseGroups::ElementwiseGroups(const Ir& ir) : ir_(ir), producer_(ir.producers()), group_of_(ir.nodes.size()) {
  for (std::size_t n = 0; n < ir.nodes.size(); ++n) {
    group_of_[n] = static_cast<int>(n);
    members_[static_cast<int>(n)] = {static_cast<int>(n)};
  }
  for (std::size_t n = 0; n < ir.nodes.size(); ++n) {
    if (!is_fusable(ir, ir.nodes[n])) continue;
    for (int input : ir.nodes[n].inputs) {
      const int source = producer_[static_cast<std::size_t>(input)];
      if (source >= 0) try_merge(static_cast<int>(n), source);
    }
  }
}

std::vector<int> ElementwiseGroups::ordered() const {
  std::map<int, std::set<int>> needs;
  std::map<int, std::vector<int>> feeds;
  for (const auto& [group, nodes] : members_) {
    for (int source : sources_of(group)) {
      if (needs[group].insert(source).second) feeds[source].push_back(group);
    }
  }
  std::priority_queue<std::pair<int, int>, std::vector<std::pair<int, int>>, std::greater<>> ready;
  const auto push = [&](int group) { ready.emplace(members_.at(group).back(), group); };
  for (const auto& [group, nodes] : members_) {
    if (needs[group].empty()) push(group);
  }
  std::vector<int> order;
  while (!ready.empty()) {
    const int group = ready.top().second;
    ready.pop();
    order.push_back(group);
    for (int user : feeds[group]) {
      needs[user].erase(group);
      if (needs[user].empty()) push(user);
    }
  }
  return order;
}

// The groups whose results a group takes.
std::set<int> ElementwiseGroups::sources_of(int group) const {
  std::set<int> sources;
  for (int node : members_.at(group)) {
    for (int input : ir_.nodes[static_cast<std::size_t>(node)].inputs) {
      const int source = producer_[static_cast<std::size_t>(input)];
      if (source >= 0 && group_of(source) != group) sources.insert(group_of(source));
    }
  }
  return sources;
}

// True when `from` needs `target` by way of a third group, or when there are too many to tell. Nothing before the
// target's first node can need it.
bool ElementwiseGroups::reaches_through_others(int from, int target) const {
  const int first = members_.at(target).front();
  std::set<int> seen;
  std::vector<int> open;
  for (int source : sources_of(from)) {
    if (source != target && seen.insert(source).second) open.push_back(source);
  }
  while (!open.empty()) {
    const int group = open.back();
    open.pop_back();
    if (members_.at(group).back() < first) continue;
    if (seen.size() > kMaxBetween) return true;
    for (int source : sources_of(group)) {
      if (source == target) return true;
      if (source != from && seen.insert(source).second) open.push_back(source);
    }
  }
  return false;
}

std::size_t ElementwiseGroups::num_inputs(const std::vector<int>& nodes) const {
  std::set<int> inputs;
  std::set<int> inner;
  for (int node : nodes) {
    for (int output : ir_.nodes[static_cast<std::size_t>(node)].outputs) inner.insert(output);
    for (int input : ir_.nodes[static_cast<std::size_t>(node)].inputs) inputs.insert(input);
  }
  return static_cast<std::size_t>(
      std::count_if(inputs.begin(), inputs.end(), [&](int input) { return !inner.contains(input); }));
}

void ElementwiseGroups::try_merge(int node, int source) {
  const int a = group_of(node);
  const int b = group_of(source);
  if (a == b) return;
  const IrNode& first = ir_.nodes[static_cast<std::size_t>(source)];
  if (!is_fusable(ir_, first)) return;
  const Shape& shape = ir_.spec(ir_.nodes[static_cast<std::size_t>(node)].outputs[0]).shape;
  if (ir_.spec(first.outputs[0]).shape != shape) return;
  std::vector<int> merged = members_.at(b);
  merged.insert(merged.end(), members_.at(a).begin(), members_.at(a).end());
  std::sort(merged.begin(), merged.end());
  if (merged.size() > kMaxSteps || num_inputs(merged) > kMaxInputs) return;
  if (reaches_through_others(a, b) || reaches_through_others(b, a)) return;
  for (int member : members_.at(a)) group_of_[static_cast<std::size_t>(member)] = b;
  members_.erase(a);
  members_[b] = std::move(merged);
}

}  // namespace cornu
