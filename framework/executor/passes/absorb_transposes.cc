#include <numeric>
#include <optional>
#include <utility>

#include "framework/executor/passes/passes.h"

namespace cornu {
namespace {

using Permutation = std::vector<std::int64_t>;

const char* transpose_flag(std::size_t input) { return input == 0 ? "transpose_x" : "transpose_y"; }

bool is_identity(const Permutation& permutation) {
  Permutation identity(permutation.size());
  std::iota(identity.begin(), identity.end(), 0);
  return permutation == identity;
}

// The permutation without the exchange of the last two axes, which a matrix product does itself; nothing where the last
// axis would not be the last even so: then elements have to move one by one anyway.
std::optional<Permutation> without_last_exchange(const IrNode& transpose) {
  Permutation permutation = transpose.attributes.integers("permutation");
  if (permutation.size() < 2) return {};
  std::swap(permutation[permutation.size() - 1], permutation[permutation.size() - 2]);
  if (permutation.back() != static_cast<std::int64_t>(permutation.size()) - 1) return {};
  return permutation;
}

class Absorber {
 public:
  explicit Absorber(Ir& ir) : ir_(ir), producer_(ir.producers()), uses_(ir.use_counts()) {}

  void run() {
    std::vector<IrNode> nodes;
    for (std::size_t n = 0; n < ir_.nodes.size(); ++n) {
      IrNode node = ir_.nodes[n];
      if (node.operation->name == "matmul") {
        for (std::size_t i = 0; i < 2; ++i) absorb_input(node, i, nodes);
      } else if (node.operation->name == "transpose") {
        if (std::optional<IrNode> product = exchanged_product(node)) node = std::move(*product);
      }
      nodes.push_back(std::move(node));
    }
    ir_.nodes = std::move(nodes);
    prune(ir_);
  }

 private:
  const IrNode* node_of(int value, const char* name) const {
    const int node = producer_[static_cast<std::size_t>(value)];
    if (node < 0 || ir_.nodes[static_cast<std::size_t>(node)].operation->name != name) return nullptr;
    return &ir_.nodes[static_cast<std::size_t>(node)];
  }

  void absorb_input(IrNode& product, std::size_t i, std::vector<IrNode>& before) {
    const IrNode* transpose = node_of(product.inputs[i], "transpose");
    if (!transpose) return;
    const std::optional<Permutation> rest = without_last_exchange(*transpose);
    if (!rest) return;
    product.attributes.set(transpose_flag(i), !product.attributes.flag(transpose_flag(i)));
    if (is_identity(*rest)) {
      product.inputs[i] = transpose->inputs[0];
      return;
    }
    IrNode copy = *transpose;
    copy.attributes = Attributes{{"permutation", *rest}};
    const TensorSpecs specs{ir_.spec(copy.inputs[0])};
    copy.outputs = {ir_.add_computed(copy.operation->infer(specs, copy.attributes)[0])};
    product.inputs[i] = copy.outputs[0];
    before.push_back(std::move(copy));
  }

  // (x y)^T = y^T x^T
  std::optional<IrNode> exchanged_product(const IrNode& transpose) const {
    const IrNode* product = node_of(transpose.inputs[0], "matmul");
    if (!product || uses_[static_cast<std::size_t>(transpose.inputs[0])] != 1) return {};
    const std::optional<Permutation> rest = without_last_exchange(transpose);
    if (!rest || !is_identity(*rest)) return {};
    IrNode exchanged = *product;
    exchanged.inputs = {product->inputs[1], product->inputs[0]};
    exchanged.attributes.set("transpose_x", !product->attributes.flag("transpose_y"));
    exchanged.attributes.set("transpose_y", !product->attributes.flag("transpose_x"));
    exchanged.outputs = transpose.outputs;
    return exchanged;
  }

  Ir& ir_;
  std::vector<int> producer_;
  std::vector<int> uses_;
};

}  // namespace

void absorb_transposes(Ir& ir) { Absorber(ir).run(); }

}  // namespace cornu
