#include <algorithm>
#include <map>
#include <queue>
#include <set>

#include "framework/executor/passes/passes.h"

namespace cornu {

void order_updates(Ir& ir) {
  const std::vector<int> producer = ir.producers();
  const std::vector<std::vector<int>> users = ir.users();
  const auto size = ir.nodes.size();
  std::vector<std::set<int>> needs(size);
  std::vector<std::set<int>> waits(size);  // readers of a variable before the node that writes it
  std::vector<std::set<int>> unblocks(size);
  for (std::size_t n = 0; n < size; ++n) {
    for (int input : ir.nodes[n].inputs) {
      const int source = producer[static_cast<std::size_t>(input)];
      if (source < 0) continue;
      needs[n].insert(source);
      unblocks[static_cast<std::size_t>(source)].insert(static_cast<int>(n));
    }
  }
  std::map<const VariableState*, int> variable_value;
  for (std::size_t v = 0; v < ir.values.size(); ++v) {
    if (ir.values[v].kind == IrValue::Kind::kVariable)
      variable_value[ir.values[v].variable.state().get()] = static_cast<int>(v);
  }
  for (const auto& [variable, value] : ir.updates) {
    const int writer = producer[static_cast<std::size_t>(value)];
    const auto read = variable_value.find(variable.state().get());
    if (writer < 0 || read == variable_value.end()) continue;
    // Through views as well: they are the variable's memory.
    std::vector<int> open{read->second};
    while (!open.empty()) {
      const int memory = open.back();
      open.pop_back();
      for (int reader : users[static_cast<std::size_t>(memory)]) {
        const IrNode& node = ir.nodes[static_cast<std::size_t>(reader)];
        if (node.operation->is_view && node.inputs[0] == memory) open.push_back(node.outputs[0]);
        if (reader == writer) continue;
        waits[static_cast<std::size_t>(writer)].insert(reader);
        unblocks[static_cast<std::size_t>(reader)].insert(writer);
      }
    }
  }

  std::set<int> remaining;
  for (std::size_t n = 0; n < size; ++n) remaining.insert(static_cast<int>(n));
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  std::vector<bool> queued(size, false);
  const auto offer = [&](int n) {
    const auto i = static_cast<std::size_t>(n);
    if (queued[i] || !needs[i].empty() || !waits[i].empty()) return;
    queued[i] = true;
    ready.push(n);
  };
  for (std::size_t n = 0; n < size; ++n) offer(static_cast<int>(n));
  std::vector<IrNode> nodes;
  while (!remaining.empty()) {
    if (ready.empty()) {
      // A reader needs what the writer computes: that update cannot be in place, and its writer need not wait.
      for (int n : remaining) {
        if (!needs[static_cast<std::size_t>(n)].empty()) continue;
        waits[static_cast<std::size_t>(n)].clear();
        offer(n);
        break;
      }
    }
    const int n = ready.top();
    ready.pop();
    remaining.erase(n);
    nodes.push_back(ir.nodes[static_cast<std::size_t>(n)]);
    for (int user : unblocks[static_cast<std::size_t>(n)]) {
      needs[static_cast<std::size_t>(user)].erase(n);
      waits[static_cast<std::size_t>(user)].erase(n);
      offer(user);
    }
  }
  ir.nodes = std::move(nodes);
}

}  // namespace cornu
