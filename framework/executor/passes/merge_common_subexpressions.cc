#include <unordered_map>

#include "framework/executor/passes/passes.h"

namespace cornu {
namespace {

// Small constants are equal when their bytes are.
std::string constant_key(const Tensor& constant) {
  constexpr std::size_t kMaxBytes = 64;
  if (constant.num_bytes() > kMaxBytes) return {};
  return constant.spec().to_string() + std::string(static_cast<const char*>(constant.raw()), constant.num_bytes());
}

}  // namespace

void merge_common_subexpressions(Ir& ir) {
  std::vector<int> replacement(ir.values.size(), -1);
  std::unordered_map<std::string, int> constants;
  for (std::size_t v = 0; v < ir.values.size(); ++v) {
    if (ir.values[v].kind != IrValue::Kind::kConstant) continue;
    std::string key = constant_key(ir.values[v].constant);
    if (key.empty()) continue;
    const auto [it, inserted] = constants.emplace(std::move(key), static_cast<int>(v));
    if (!inserted) replacement[v] = it->second;
  }
  const auto canonical = [&](int value) {
    return replacement[static_cast<std::size_t>(value)] >= 0 ? replacement[static_cast<std::size_t>(value)] : value;
  };
  std::unordered_map<std::string, std::vector<int>> computed;
  for (const IrNode& node : ir.nodes) {
    if (node.operation->is_stateful) continue;
    std::string key = node.operation->name + "|" + node.attributes.to_string();
    for (int input : node.inputs) key += "," + std::to_string(canonical(input));
    const auto [it, inserted] = computed.emplace(std::move(key), node.outputs);
    if (inserted) continue;
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      replacement[static_cast<std::size_t>(node.outputs[i])] = it->second[i];
    }
  }
  ir.replace_uses(replacement);
  prune(ir);
}

}  // namespace cornu
