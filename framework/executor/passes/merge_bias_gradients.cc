#include <algorithm>

#include "framework/executor/passes/channel_sum.h"
#include "framework/executor/passes/passes.h"

namespace cornu {
void merge_bias_gradients(Ir& ir) {
  const Operation& merged = operation_named("conv_kernel_bias_gradient");
  const std::vector<int> producer = ir.producers();
  const std::vector<std::vector<int>> users = ir.users();
  std::vector<bool> dead(ir.nodes.size(), false);
  for (std::size_t n = 0; n < ir.nodes.size(); ++n) {
    if (ir.nodes[n].operation->name != "conv_kernel_gradient") continue;
    for (int user : users[static_cast<std::size_t>(ir.nodes[n].inputs[1])]) {
      const auto s = static_cast<std::size_t>(user);
      if (dead[s] || !is_channel_sum(ir, ir.nodes[s])) continue;
      // Both results are there where the first of the two was, if all that is needed is there as well.
      const std::size_t first = std::min(n, s);
      if (producer[static_cast<std::size_t>(ir.nodes[n].inputs[0])] >= static_cast<int>(first)) continue;
      IrNode both = ir.nodes[n];
      both.operation = &merged;
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
