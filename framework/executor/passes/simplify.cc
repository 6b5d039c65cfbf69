#include <algorithm>
#include <cstring>
#include <optional>

#include "framework/executor/passes/passes.h"

namespace cornu {
namespace {

// The value of a constant that is the same number everywhere, if it is small enough to look at.
std::optional<double> uniform_value(const Ir& ir, int value) {
  if (!ir.is_constant(value) || ir.spec(value).shape.num_elements() != 1) return {};
  return ir.value(value).constant.item();
}

// The value that a node's result equals, or -1.
int equal_value(const Ir& ir, const IrNode& node) {
  const std::string& name = node.operation->name;
  const TensorSpec& result = ir.spec(node.outputs[0]);
  const auto same = [&](int value) { return ir.spec(value) == result; };
  const auto operand_is = [&](std::size_t i, double number) {
    const auto value = uniform_value(ir, node.inputs[i]);
    return value && *value == number;
  };
  if (name == "multiply") {
    if (operand_is(1, 1.0) && same(node.inputs[0])) return node.inputs[0];
    if (operand_is(0, 1.0) && same(node.inputs[1])) return node.inputs[1];
  }
  if ((name == "divide" || name == "power") && operand_is(1, 1.0) && same(node.inputs[0])) return node.inputs[0];
  if ((name == "add" || name == "subtract") && operand_is(1, 0.0) && same(node.inputs[0])) return node.inputs[0];
  if (name == "add" && operand_is(0, 0.0) && same(node.inputs[1])) return node.inputs[1];
  const bool moves_nothing = name == "cast" || name == "reshape" || name == "reshape_like" || name == "broadcast_to" ||
                             name == "broadcast_like";
  if (moves_nothing && same(node.inputs[0])) return node.inputs[0];
  return -1;
}

// An elementwise operation broadcasts its operands itself.
void drop_broadcasts(Ir& ir) {
  const std::vector<int> producer = ir.producers();
  for (IrNode& node : ir.nodes) {
    if (!node.operation->is_elementwise) continue;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const int made_by = producer[static_cast<std::size_t>(node.inputs[i])];
      if (made_by < 0) continue;
      const IrNode& source = ir.nodes[static_cast<std::size_t>(made_by)];
      if (source.operation->name != "broadcast_to" && source.operation->name != "broadcast_like") continue;
      const int kept = node.inputs[i];
      node.inputs[i] = source.inputs[0];
      TensorSpecs specs;
      for (int input : node.inputs) specs.push_back(ir.spec(input));
      if (node.operation->infer(specs, node.attributes)[0] != ir.spec(node.outputs[0])) node.inputs[i] = kept;
    }
  }
}

// A view of a view is a view of the first.
void shorten_views(Ir& ir) {
  const std::vector<int> producer = ir.producers();
  for (IrNode& node : ir.nodes) {
    if (node.operation->name != "reshape") continue;
    const int made_by = producer[static_cast<std::size_t>(node.inputs[0])];
    if (made_by < 0) continue;
    const IrNode& source = ir.nodes[static_cast<std::size_t>(made_by)];
    if (source.operation->is_view) node.inputs[0] = source.inputs[0];
  }
}

}  // namespace

void simplify(Ir& ir) {
  std::vector<int> replacement(ir.values.size(), -1);
  const auto resolve = [&](int value) {
    while (replacement[static_cast<std::size_t>(value)] >= 0) value = replacement[static_cast<std::size_t>(value)];
    return value;
  };
  for (IrNode& node : ir.nodes) {
    for (int& input : node.inputs) input = resolve(input);
    const int equal = equal_value(ir, node);
    if (equal >= 0) replacement[static_cast<std::size_t>(node.outputs[0])] = equal;
  }
  ir.replace_uses(replacement);
  drop_broadcasts(ir);
  shorten_views(ir);
  prune(ir);
}

}  // namespace cornu
