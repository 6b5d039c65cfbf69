#include <algorithm>

#include "framework/elementwise_program.h"
#include "framework/executor/passes/passes.h"

namespace cornu {
namespace {

// Chains of one program on tensors of one size each: their operands one after another.
const Operation& kGrouped = register_operation(
    {.name = "grouped_elementwise", .infer = [](std::span<const TensorSpec>, const Attributes&) -> TensorSpecs {
       return {};  // made by this pass alone, with the outputs of the chains it joins
     }});

class UpdateGrouper {
 public:
  explicit UpdateGrouper(Ir& ir) : ir_(ir), users_(ir.users()), is_fetched_(ir.values.size(), false) {
    for (const int fetch : ir.fetches) is_fetched_[index(fetch)] = true;
  }

  void run() {
    std::vector<std::vector<std::size_t>> groups;
    for (std::size_t n = 0; n < ir_.nodes.size(); ++n) {
      if (!is_update(ir_.nodes[n])) continue;
      const auto group = std::find_if(groups.begin(), groups.end(),
                                      [&](const auto& members) { return fits(ir_.nodes[members[0]], ir_.nodes[n]); });
      if (group == groups.end()) {
        groups.push_back({n});
      } else {
        group->push_back(n);
      }
    }
    std::vector<bool> gone(ir_.nodes.size(), false);
    for (const std::vector<std::size_t>& members : groups) {
      if (members.size() > 1) join(members, gone);
    }
    std::size_t n = 0;
    std::erase_if(ir_.nodes, [&](const IrNode&) { return gone[n++]; });
  }

 private:
  static std::size_t index(int number) { return static_cast<std::size_t>(number); }

  // A chain whose results become values of variables and nothing else, from inputs of their shape and single numbers.
  bool is_update(const IrNode& node) const {
    if (node.operation->name != "fused_elementwise") return false;
    const Shape& shape = ir_.spec(node.outputs[0]).shape;
    const bool all_leave = std::all_of(node.outputs.begin(), node.outputs.end(), [&](int output) {
      return users_[index(output)].empty() && !is_fetched_[index(output)] && ir_.spec(output).shape == shape;
    });
    return all_leave && std::all_of(node.inputs.begin(), node.inputs.end(), [&](int input) {
             const Shape& own = ir_.spec(input).shape;
             return own == shape || own.num_elements() == 1;
           });
  }

  bool fits(const IrNode& a, const IrNode& b) const {
    if (a.inputs.size() != b.inputs.size() || a.outputs.size() != b.outputs.size() ||
        !(a.attributes.elementwise("program") == b.attributes.elementwise("program")))
      return false;
    const auto alike = [&](int x, int y) {
      return ir_.spec(x).dtype == ir_.spec(y).dtype && is_full(a, x) == is_full(b, y);
    };
    return std::equal(a.inputs.begin(), a.inputs.end(), b.inputs.begin(), alike) &&
           std::equal(a.outputs.begin(), a.outputs.end(), b.outputs.begin(), alike);
  }

  bool is_full(const IrNode& node, int operand) const {
    return ir_.spec(operand).shape == ir_.spec(node.outputs[0]).shape;
  }

  // At the place of the last: all that any of them reads is there.
  void join(const std::vector<std::size_t>& members, std::vector<bool>& gone) {
    IrNode group;
    group.operation = &kGrouped;
    group.attributes = ir_.nodes[members[0]].attributes;
    group.attributes.set("count", static_cast<std::int64_t>(members.size()));
    for (const std::size_t member : members) {
      const IrNode& node = ir_.nodes[member];
      group.inputs.insert(group.inputs.end(), node.inputs.begin(), node.inputs.end());
      group.outputs.insert(group.outputs.end(), node.outputs.begin(), node.outputs.end());
      gone[member] = true;
    }
    gone[members.back()] = false;
    ir_.nodes[members.back()] = std::move(group);
  }

  Ir& ir_;
  std::vector<std::vector<int>> users_;
  std::vector<bool> is_fetched_;
};

}  // namespace

void group_updates(Ir& ir) { UpdateGrouper(ir).run(); }

}  // namespace cornu
