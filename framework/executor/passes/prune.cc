#include <algorithm>

#include "framework/executor/passes/passes.h"

namespace cornu {

void prune(Ir& ir) {
  std::vector<int> uses = ir.use_counts();
  std::vector<bool> dead(ir.nodes.size(), false);
  for (std::size_t n = ir.nodes.size(); n-- > 0;) {
    const IrNode& node = ir.nodes[n];
    const bool used = std::any_of(node.outputs.begin(), node.outputs.end(),
                                  [&](int output) { return uses[static_cast<std::size_t>(output)] > 0; });
    if (used) continue;
    dead[n] = true;
    for (int input : node.inputs) --uses[static_cast<std::size_t>(input)];
  }
  std::size_t n = 0;
  std::erase_if(ir.nodes, [&](const IrNode&) { return dead[n++]; });
}

}  // namespace cornu
