#include <algorithm>

#include "framework/executor/passes/passes.h"
#include "framework/kernel.h"

namespace cornu {
namespace {

// A folded result lives as long as the program: a large one must not be made from a small one.
constexpr std::size_t kMaxGrowthBytes = 64 * 1024;

bool grows_too_much(const Ir& ir, const IrNode& node) {
  const auto bytes_of = [&](int value) {
    return static_cast<std::size_t>(ir.spec(value).shape.num_elements()) * size_of(ir.spec(value).dtype);
  };
  std::size_t before = 0;
  std::size_t after = 0;
  for (int input : node.inputs) before += bytes_of(input);
  for (int output : node.outputs) after += bytes_of(output);
  return after > before + kMaxGrowthBytes;
}

}  // namespace

void fold_constants(Ir& ir) {
  std::erase_if(ir.nodes, [&](const IrNode& node) {
    const Operation& operation = *node.operation;
    const bool known = operation.reads_shapes_only || std::all_of(node.inputs.begin(), node.inputs.end(),
                                                                  [&](int input) { return ir.is_constant(input); });
    if (!known || operation.is_stateful || grows_too_much(ir, node)) return false;
    Tensors inputs;
    for (int input : node.inputs) {
      inputs.push_back(ir.is_constant(input) ? ir.value(input).constant
                                             : Tensor::from_storage(allocate_storage(1), ir.spec(input)));
    }
    TensorSpecs specs;
    for (int output : node.outputs) specs.push_back(ir.spec(output));
    const Tensors results = run_eagerly(operation.name, node.attributes, inputs, specs);
    for (std::size_t i = 0; i < results.size(); ++i) {
      IrValue& value = ir.values[static_cast<std::size_t>(node.outputs[i])];
      value.kind = IrValue::Kind::kConstant;
      value.constant = results[i];
    }
    return true;
  });
}

}  // namespace cornu
