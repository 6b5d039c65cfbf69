#include <algorithm>
#include <memory>

#include "framework/executor/passes/passes.h"

namespace cornu {
namespace {

// A hoisted result lives as long as the program: a large one must not be made from a small one.
constexpr std::int64_t kMaxGrowth = 16 * 1024;

bool grows_too_much(const Ir& ir, const IrNode& node) {
  std::int64_t before = 0;
  std::int64_t after = 0;
  for (int input : node.inputs) before += ir.spec(input).shape.num_elements();
  for (int output : node.outputs) after += ir.spec(output).shape.num_elements();
  return after > before + kMaxGrowth;
}

}  // namespace

void hoist_weights(Ir& ir) {
  // Without feeds everything would go, and nothing be gained.
  if (ir.feeds.empty()) return;
  const std::vector<bool> is_fixed = ir.values_fixed_between_runs();
  const auto fixed = [&](int value) { return is_fixed[static_cast<std::size_t>(value)]; };
  // Views cost nothing: they stay, and are in the prologue as well where it needs them.
  auto prologue = std::make_shared<Ir>();
  prologue->backend = ir.backend;
  prologue->values = ir.values;
  std::vector<bool> moved(ir.values.size(), false);
  std::vector<bool> gone(ir.nodes.size(), false);
  for (std::size_t n = 0; n < ir.nodes.size(); ++n) {
    const IrNode& node = ir.nodes[n];
    // What an input too large to keep is made into would be made from nothing.
    const bool ready = std::all_of(node.inputs.begin(), node.inputs.end(), [&](int input) {
      return fixed(input) &&
             (ir.value(input).kind != IrValue::Kind::kComputed || moved[static_cast<std::size_t>(input)]);
    });
    if (!ready || !fixed(node.outputs[0]) || grows_too_much(ir, node)) continue;
    prologue->nodes.push_back(node);
    for (int output : node.outputs) moved[static_cast<std::size_t>(output)] = true;
    gone[n] = !node.operation->is_view;
  }
  std::vector<bool> needed(ir.values.size(), false);
  for (std::size_t n = 0; n < ir.nodes.size(); ++n) {
    if (gone[n]) continue;
    for (int input : ir.nodes[n].inputs) needed[static_cast<std::size_t>(input)] = true;
  }
  for (int fetch : ir.fetches) needed[static_cast<std::size_t>(fetch)] = true;
  for (const auto& [variable, value] : ir.updates) needed[static_cast<std::size_t>(value)] = true;
  for (std::size_t n = 0; n < ir.nodes.size(); ++n) {
    if (!gone[n]) continue;
    for (int output : ir.nodes[n].outputs) {
      if (!needed[static_cast<std::size_t>(output)]) continue;
      IrValue& value = ir.values[static_cast<std::size_t>(output)];
      value.variable = Variable::uninitialised(value.spec, "hoisted");
      value.kind = IrValue::Kind::kVariable;
      prologue->updates.emplace_back(value.variable, output);
    }
  }
  if (prologue->updates.empty()) return;
  prune(*prologue);
  std::size_t n = 0;
  std::erase_if(ir.nodes, [&](const IrNode&) { return gone[n++]; });
  prune(ir);
  ir.prologue = std::move(prologue);
}

}  // namespace cornu
