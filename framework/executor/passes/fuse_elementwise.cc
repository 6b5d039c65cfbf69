#include <map>
#include <set>

#include "framework/elementwise_program.h"
#include "framework/executor/passes/elementwise_groups.h"
#include "framework/executor/passes/passes.h"

namespace cornu {
namespace {

const Operation& kFusedElementwise = register_operation(
    {.name = "fused_elementwise",
     .infer =
         [](std::span<const TensorSpec> inputs, const Attributes& attributes) {
           const ElementwiseProgram& program = attributes.elementwise("program");
           Shape shape;
           for (const TensorSpec& input : inputs) shape = broadcast_shapes(shape, input.shape);
           TensorSpecs specs;
           for (int output : program.outputs)
             specs.push_back({shape, program.steps[static_cast<std::size_t>(output) - inputs.size()].dtype});
           return specs;
         },
     .is_elementwise = true});

// One node that does what all of a group do.
IrNode fused_node(const Ir& ir, const std::vector<int>& nodes, const std::vector<bool>& leaves) {
  auto program = std::make_shared<ElementwiseProgram>();
  IrNode fused{.operation = &kFusedElementwise, .attributes = {}, .inputs = {}, .outputs = {}};
  std::set<int> inner;
  for (int node : nodes) inner.insert(ir.nodes[static_cast<std::size_t>(node)].outputs[0]);
  std::map<int, int> number;
  for (int node : nodes) {
    for (int input : ir.nodes[static_cast<std::size_t>(node)].inputs) {
      if (inner.contains(input) || number.contains(input)) continue;
      number[input] = static_cast<int>(fused.inputs.size());
      fused.inputs.push_back(input);
    }
  }
  for (int n : nodes) {
    const IrNode& node = ir.nodes[static_cast<std::size_t>(n)];
    const int result = node.outputs[0];
    ElementwiseProgram::Step step{.operation = node.operation->name, .operands = {}, .dtype = ir.spec(result).dtype};
    for (int input : node.inputs) step.operands.push_back(number.at(input));
    number[result] = static_cast<int>(fused.inputs.size() + program->steps.size());
    program->steps.push_back(std::move(step));
    if (leaves[static_cast<std::size_t>(result)]) {
      program->outputs.push_back(number[result]);
      fused.outputs.push_back(result);
    }
  }
  fused.attributes.set("program", std::shared_ptr<const ElementwiseProgram>(std::move(program)));
  return fused;
}

}  // namespace

void fuse_elementwise(Ir& ir) {
  const ElementwiseGroups groups(ir);
  const std::vector<int> producer = ir.producers();
  // A value leaves its group when anything outside uses it.
  std::vector<bool> leaves(ir.values.size(), false);
  for (std::size_t n = 0; n < ir.nodes.size(); ++n) {
    for (int input : ir.nodes[n].inputs) {
      const int source = producer[static_cast<std::size_t>(input)];
      if (source >= 0 && groups.group_of(source) != groups.group_of(static_cast<int>(n)))
        leaves[static_cast<std::size_t>(input)] = true;
    }
  }
  for (int fetch : ir.fetches) leaves[static_cast<std::size_t>(fetch)] = true;
  for (const auto& [variable, value] : ir.updates) leaves[static_cast<std::size_t>(value)] = true;

  std::vector<IrNode> nodes;
  for (int group : groups.ordered()) {
    const std::vector<int>& members = groups.members().at(group);
    if (members.size() == 1) {
      nodes.push_back(ir.nodes[static_cast<std::size_t>(members[0])]);
    } else {
      nodes.push_back(fused_node(ir, members, leaves));
    }
  }
  ir.nodes = std::move(nodes);
}

}  // namespace cornu
