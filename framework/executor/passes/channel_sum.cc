#include "framework/executor/passes/channel_sum.h"

#include <algorithm>

namespace cornu {

bool is_channel_sum(const Ir& ir, const IrNode& node) {
  if (node.operation->name != "sum") return false;
  const std::vector<std::int64_t>& axes = node.attributes.integers("axes");
  const std::int64_t last = ir.spec(node.inputs[0]).shape.rank() - 1;
  return static_cast<std::int64_t>(axes.size()) == last && std::find(axes.begin(), axes.end(), last) == axes.end();
}

}  // namespace cornu
