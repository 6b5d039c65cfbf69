#include <algorithm>
#include <optional>

#include "framework/executor/passes/passes.h"

namespace cornu {
namespace {

// One rewriting at a time: what follows is found on the graph as it is then.
class Folder {
 public:
  explicit Folder(Ir& ir)
      : ir_(ir), producer_(ir.producers()), uses_(ir.use_counts()), is_fixed_(ir.values_fixed_between_runs()) {}

  bool fold_one() {
    for (std::size_t n = 0; n < ir_.nodes.size(); ++n) {
      const std::string& name = ir_.nodes[n].operation->name;
      if (name != "multiply" && name != "add") continue;
      for (std::size_t side = 0; side < 2; ++side) {
        const int y = ir_.nodes[n].inputs[side];
        const int vector = ir_.nodes[n].inputs[1 - side];
        // Sums of weights alone could be turned round for ever; hoist_weights takes them.
        if (is_fixed_[index(y)]) continue;
        if (!is_channel_vector(vector, ir_.spec(y)) || ir_.spec(ir_.nodes[n].outputs[0]) != ir_.spec(y)) continue;
        if (name == "multiply" ? fold_scale(n, y, vector) : fold_shift(n, y, vector)) return true;
      }
    }
    return false;
  }

 private:
  // A product with weights: its last axis are channels that can be scaled in the weights.
  struct Product {
    std::size_t node;
    int weights;
  };
  // A shifted value: `value + shift`, with one shift a channel.
  struct Shifted {
    std::size_t node;
    int value;
    int shift;
  };

  bool is_channel_vector(int value, const TensorSpec& result) const {
    const TensorSpec& spec = ir_.spec(value);
    return is_fixed_[index(value)] && result.dtype == DType::kFloat32 && spec.dtype == result.dtype &&
           spec.shape.rank() >= 1 && result.shape.rank() >= 1 && spec.shape.back() == result.shape.back() &&
           spec.shape.num_elements() == spec.shape.back();
  }

  std::optional<Product> product(int value) const {
    const int node = producer_[index(value)];
    if (node < 0 || uses_[index(value)] != 1) return {};
    const IrNode& made = ir_.nodes[index(node)];
    const std::string& name = made.operation->name;
    const bool scales = name == "conv" || (name == "matmul" && !made.attributes.flag("transpose_y"));
    if (!scales || !is_fixed_[index(made.inputs[1])]) return {};
    return Product{index(node), made.inputs[1]};
  }

  std::optional<Shifted> shifted(int value) const {
    const int node = producer_[index(value)];
    if (node < 0 || uses_[index(value)] != 1 || ir_.nodes[index(node)].operation->name != "add") return {};
    const IrNode& made = ir_.nodes[index(node)];
    for (std::size_t side = 0; side < 2; ++side) {
      const int inner = made.inputs[side];
      if (is_channel_vector(made.inputs[1 - side], ir_.spec(value)) && ir_.spec(inner) == ir_.spec(value)) {
        return Shifted{index(node), inner, made.inputs[1 - side]};
      }
    }
    return {};
  }

  // (x · w) * s = x · (w * s), and (x · w + b) * s = x · (w * s) + b * s.
  bool fold_scale(std::size_t n, int y, int scale) {
    const std::optional<Shifted> shift = shifted(y);
    const int inner = shift ? shift->value : y;
    const std::optional<Product> made = product(inner);
    if (!made) return false;
    const IrNode scaled = combined("multiply", made->weights, scale);
    if (ir_.spec(scaled.outputs[0]) != ir_.spec(made->weights)) return false;
    std::vector<IrNode> nodes{scaled, ir_.nodes[made->node]};
    nodes[1].inputs[1] = scaled.outputs[0];
    const int result = ir_.nodes[n].outputs[0];
    std::vector<std::size_t> dead{made->node};
    if (shift) {
      nodes.push_back(combined("multiply", shift->shift, scale));
      IrNode add = ir_.nodes[shift->node];
      add.inputs = {inner, nodes.back().outputs[0]};
      add.outputs = {result};
      nodes.push_back(std::move(add));
      dead.push_back(shift->node);
    } else {
      nodes[1].outputs[0] = result;
    }
    replace(n, std::move(nodes), dead);
    return true;
  }

  // (y + a) + b = y + (a + b)
  bool fold_shift(std::size_t n, int y, int shift) {
    const std::optional<Shifted> inner = shifted(y);
    if (!inner) return false;
    std::vector<IrNode> nodes{combined("add", inner->shift, shift), ir_.nodes[n]};
    nodes[1].inputs = {inner->value, nodes[0].outputs[0]};
    replace(n, std::move(nodes), {inner->node});
    return true;
  }

  IrNode combined(const char* name, int a, int b) {
    const Operation& operation = operation_named(name);
    const TensorSpecs inputs{ir_.spec(a), ir_.spec(b)};
    const int result = ir_.add_computed(operation.infer(inputs, {})[0]);
    return {.operation = &operation, .attributes = {}, .inputs = {a, b}, .outputs = {result}};
  }

  // Puts nodes in the place of node n and of earlier ones, whose results only these used.
  void replace(std::size_t n, std::vector<IrNode> nodes, const std::vector<std::size_t>& dead) {
    std::vector<IrNode> all;
    for (std::size_t i = 0; i < ir_.nodes.size(); ++i) {
      if (i == n) {
        all.insert(all.end(), nodes.begin(), nodes.end());
      } else if (std::find(dead.begin(), dead.end(), i) == dead.end()) {
        all.push_back(std::move(ir_.nodes[i]));
      }
    }
    ir_.nodes = std::move(all);
  }

  static std::size_t index(int number) { return static_cast<std::size_t>(number); }

  Ir& ir_;
  std::vector<int> producer_;
  std::vector<int> uses_;
  std::vector<bool> is_fixed_;
};

}  // namespace

void fold_channel_scales(Ir& ir) {
  while (Folder(ir).fold_one()) {
  }
}

}  // namespace cornu
