#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>

#include "framework/executor/passes/passes.h"

namespace cornu {
namespace {

std::size_t index(int number) { return static_cast<std::size_t>(number); }

// Inputs: x. Outputs: max_pool(x), and for each window the number of its greatest element, in row-major order among
// those of the window that are not padding.
const Operation& kPoolAndWinners =
    register_operation({.name = "max_pool_and_winners",
                        .infer = [](std::span<const TensorSpec> inputs, const Attributes& attributes) -> TensorSpecs {
                          const TensorSpec y = operation_named("max_pool").infer(inputs, attributes)[0];
                          return {y, {y.shape, DType::kUInt8}};
                        }});

// Inputs: winners, dy. `shape` is that of x.
const Operation& kScatter =
    register_operation({.name = "max_pool_scatter",
                        .infer = [](std::span<const TensorSpec> inputs, const Attributes& attributes) -> TensorSpecs {
                          return {{Shape(attributes.integers("shape")), inputs[1].dtype}};
                        }});

bool has_small_windows(const Attributes& attributes) {
  const std::vector<std::int64_t>& window = attributes.integers("window");
  return std::accumulate(window.begin(), window.end(), std::int64_t{1}, std::multiplies<>()) <=
         std::numeric_limits<std::uint8_t>::max();
}

}  // namespace

void keep_pool_winners(Ir& ir) {
  const std::vector<std::vector<int>> users = ir.users();
  const std::vector<int> uses = ir.use_counts();
  for (std::size_t n = 0; n < ir.nodes.size(); ++n) {
    if (ir.nodes[n].operation->name != "max_pool") continue;
    const IrNode pool = ir.nodes[n];
    const int x = pool.inputs[0];
    std::vector<IrNode*> gradients;
    for (int user : users[index(x)]) {
      IrNode& node = ir.nodes[index(user)];
      const bool is_gradient = node.operation->name == "max_pool_gradient" && node.inputs[0] == x;
      if (is_gradient && node.attributes == pool.attributes) gradients.push_back(&node);
    }
    const bool serves_all = static_cast<std::size_t>(uses[index(x)]) == gradients.size() + 1;
    const bool is_computed = ir.value(x).kind == IrValue::Kind::kComputed;
    if (gradients.empty() || !serves_all || !is_computed || !has_small_windows(pool.attributes) ||
        ir.spec(x).dtype != DType::kFloat32)
      continue;
    const int winners = ir.add_computed({ir.spec(pool.outputs[0]).shape, DType::kUInt8});
    ir.nodes[n].operation = &kPoolAndWinners;
    ir.nodes[n].outputs.push_back(winners);
    for (IrNode* gradient : gradients) {
      gradient->operation = &kScatter;
      gradient->attributes.set("shape", ir.spec(x).shape.dims());
      gradient->inputs[0] = winners;
    }
  }
}

}  // namespace cornu
