#include <algorithm>

#include "framework/executor/passes/channel_sum.h"
#include "framework/executor/passes/passes.h"

namespace cornu {
namespace {

// op(x) y, and the sum of y over its rows: the gradients of a dense layer's kernel and bias. Cards alone have a kernel.
const Operation& kMatmulAndSum = register_operation(
    {.name = "matmul_and_sum", .infer = [](std::span<const TensorSpec> inputs, const Attributes& attributes) {
       TensorSpecs specs = operation_named("matmul").infer(inputs, attributes);
       specs.push_back({{inputs[1].shape.back()}, inputs[1].dtype});
       return specs;
     }});

// The operation that computes a gradient of weights and the sum of its second input as well; null where there is none.
const Operation* merged_operation(const Ir& ir, const IrNode& node) {
  if (node.operation->name == "conv_kernel_gradient") return &operation_named("conv_kernel_bias_gradient");
  if (ir.backend != Backend::kCuda || node.operation->name != "matmul") return nullptr;
  const TensorSpec& x = ir.spec(node.inputs[0]);
  const TensorSpec& y = ir.spec(node.inputs[1]);
  const bool is_gradient = x.shape.rank() == 2 && y.shape.rank() == 2 && is_floating(y.dtype) &&
                           node.attributes.flag("transpose_x") && !node.attributes.flag("transpose_y") &&
                           x.shape.num_elements() * y.shape.num_elements() > 0;
  return is_gradient ? &kMatmulAndSum : nullptr;
}

}  // namespace

void merge_bias_gradients(Ir& ir) {
  const std::vector<int> producer = ir.producers();
  const std::vector<std::vector<int>> users = ir.users();
  std::vector<bool> dead(ir.nodes.size(), false);
  for (std::size_t n = 0; n < ir.nodes.size(); ++n) {
    const Operation* merged = merged_operation(ir, ir.nodes[n]);
    if (!merged) continue;
    for (int user : users[static_cast<std::size_t>(ir.nodes[n].inputs[1])]) {
      const auto s = static_cast<std::size_t>(user);
      if (dead[s] || !is_channel_sum(ir, ir.nodes[s])) continue;
      // Both results are there where the first of the two was, if all that is needed is there as well.
      const std::size_t first = std::min(n, s);
      if (producer[static_cast<std::size_t>(ir.nodes[n].inputs[0])] >= static_cast<int>(first)) continue;
      IrNode both = ir.nodes[n];
      both.operation = merged;
      both.outputs.push_back(ir.nodes[s].outputs[0]);
      dead[std::max(n, s)] = true;
      ir.nodes[first] = std::move(both);
      break;
    }
  }
  std::size_t n = 0;
  std::erase_if(ir.nodes, [&](const IrNode&) { return dead[n++]; });
}

}  // namespace cornu
