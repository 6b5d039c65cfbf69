#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "framework/executor/passes/passes.h"
#include "framework/kernel.h"

namespace cornu {
namespace {

// What only moves elements does so in any type, the faster the smaller it is.
bool only_moves(const IrNode& node) {
  static constexpr std::array<std::string_view, 8> kNames{"transpose", "concatenate", "split",   "split_like",
                                                          "pad",       "take",        "unslice", "strided_slice"};
  return std::find(kNames.begin(), kNames.end(), node.operation->name) != kNames.end();
}

TensorSpec with_float32(TensorSpec spec) {
  if (spec.dtype == DType::kBFloat16) spec.dtype = DType::kFloat32;
  return spec;
}

class Widener {
 public:
  explicit Widener(Ir& ir) : ir_(ir), wide_(ir.values.size(), -1) {}

  void run() {
    const auto is_low = [](const IrValue& value) { return value.spec.dtype == DType::kBFloat16; };
    if (std::none_of(ir_.values.begin(), ir_.values.end(), is_low)) return;
    std::vector<IrNode> old = std::move(ir_.nodes);
    ir_.nodes.clear();
    for (IrNode& node : old) {
      if (node.operation->name == "cast") {
        rewrite_cast(std::move(node));
      } else if (node.operation->is_view) {
        rewrite_view(std::move(node));
      } else if (!only_moves(node) && has_low_input(node)) {
        rewrite(std::move(node));
      } else {
        ir_.nodes.push_back(std::move(node));
      }
    }
    prune(ir_);
  }

 private:
  static std::size_t index(int value) { return static_cast<std::size_t>(value); }
  bool is_low(int value) const { return ir_.spec(value).dtype == DType::kBFloat16; }
  bool has_low_input(const IrNode& node) const {
    return std::any_of(node.inputs.begin(), node.inputs.end(), [&](int input) { return is_low(input); });
  }

  int new_value(const TensorSpec& spec) {
    wide_.push_back(-1);
    return ir_.add_computed(spec);
  }

  void add_cast(int from, int to) {
    ir_.nodes.push_back({.operation = &operation_named("cast"),
                         .attributes = Attributes{{"dtype", ir_.spec(to).dtype}},
                         .inputs = {from},
                         .outputs = {to}});
  }

  // The value in float32: itself, as it was computed, or a cast of it.
  int widened(int value) {
    if (!is_low(value)) return value;
    if (wide_[index(value)] < 0) {
      const int wide = new_value(with_float32(ir_.spec(value)));
      add_cast(value, wide);
      wide_[index(value)] = wide;
    }
    return wide_[index(value)];
  }

  // A cast of what was computed in float32 anyway is that. Other casts round, as the program says.
  void rewrite_cast(IrNode node) {
    const bool back = is_low(node.inputs[0]) && ir_.spec(node.outputs[0]).dtype == DType::kFloat32;
    if (back && wide_[index(node.inputs[0])] >= 0) node.inputs[0] = wide_[index(node.inputs[0])];
    ir_.nodes.push_back(std::move(node));
  }

  // Of what exists in both types there are views in both; the one that nobody looks at is pruned.
  void rewrite_view(IrNode node) {
    const int source = node.inputs[0];
    if (is_low(source) && wide_[index(source)] >= 0 && is_low(node.outputs[0])) {
      IrNode view = node;
      view.inputs[0] = wide_[index(source)];
      view.outputs[0] = new_value(with_float32(ir_.spec(node.outputs[0])));
      wide_[index(node.outputs[0])] = view.outputs[0];
      ir_.nodes.push_back(std::move(view));
    }
    ir_.nodes.push_back(std::move(node));
  }

  void rewrite(IrNode node) {
    TensorSpecs outputs;
    for (int output : node.outputs) outputs.push_back(with_float32(ir_.spec(output)));
    if (!keeps_inputs(node, outputs)) {
      TensorSpecs inputs;
      for (int input : node.inputs) inputs.push_back(with_float32(ir_.spec(input)));
      // What names its type itself, or runs functions, stays as it is.
      if (node.operation->infer(inputs, node.attributes) != outputs) {
        ir_.nodes.push_back(std::move(node));
        return;
      }
      for (int& input : node.inputs) input = widened(input);
    }
    std::vector<std::pair<int, int>> casts;
    for (int& output : node.outputs) {
      if (!is_low(output)) continue;
      const int wide = new_value(with_float32(ir_.spec(output)));
      wide_[index(output)] = wide;
      casts.emplace_back(wide, output);
      output = wide;
    }
    ir_.nodes.push_back(std::move(node));
    for (const auto& [from, to] : casts) add_cast(from, to);
  }

  // Products may have kernels that multiply bfloat16 and add up in float32.
  bool keeps_inputs(const IrNode& node, const TensorSpecs& outputs) const {
    const std::string& name = node.operation->name;
    if (name != "matmul" && !name.starts_with("conv")) return false;
    TensorSpecs inputs;
    for (int input : node.inputs) inputs.push_back(ir_.spec(input));
    return compile_kernel_of(Backend::kCpu, {name, node.attributes, inputs, outputs}) != nullptr;
  }

  Ir& ir_;
  std::vector<int> wide_;  // for each bfloat16 value the same in float32, or -1
};

}  // namespace

void widen_low_precision(Ir& ir) { Widener(ir).run(); }

}  // namespace cornu
