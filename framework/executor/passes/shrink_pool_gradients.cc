#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "framework/executor/passes/channel_sum.h"
#include "framework/executor/passes/passes.h"

namespace cornu {
namespace {

std::size_t index(int number) { return static_cast<std::size_t>(number); }

// The gradient of a max pooling lies where x has the maximum of its window. A factor that follows from x alone, such as
// the mask of an activation before the pooling, is there what it is for the maximum itself: so
//   max_pool_gradient(x, dy) f(x) = max_pool_gradient(x, dy f(max_pool(x))),
// with f computed for as many elements as there are windows. And each dy lands once:
//   sum(max_pool_gradient(x, dy)) = sum(dy).
class Shrinker {
 public:
  explicit Shrinker(Ir& ir) : ir_(ir), uses_(ir.use_counts()) {}

  void run() {
    for (IrNode& node : ir_.nodes) {
      const std::string& name = node.operation->name;
      if (is_channel_sum(ir_, node)) shorten_sum(node);
      if (name == "where" || name == "multiply") {
        if (std::optional<IrNode> gradient = factor_moved_inside(node)) node = std::move(*gradient);
      }
      append(std::move(node));
    }
    ir_.nodes = std::move(nodes_);
    prune(ir_);
  }

 private:
  void append(IrNode node) {
    const int number = static_cast<int>(nodes_.size());
    for (int output : node.outputs) producer_[output] = number;
    if (node.operation->name == "max_pool") pools_.emplace(node.inputs[0], number);
    nodes_.push_back(std::move(node));
  }

  const IrNode* maker_of(int value) const {
    const auto found = producer_.find(value);
    return found == producer_.end() ? nullptr : &nodes_[index(found->second)];
  }
  const IrNode* pool_gradient(int value) const {
    const IrNode* maker = maker_of(value);
    return maker && maker->operation->name == "max_pool_gradient" ? maker : nullptr;
  }

  void shorten_sum(IrNode& node) const {
    const IrNode* gradient = pool_gradient(node.inputs[0]);
    if (gradient) node.inputs[0] = gradient->inputs[1];
  }

  // max_pool(x) with the same windows, where the program has it; -1 where it has not.
  int pooled(const IrNode& gradient) const {
    const auto [first, last] = pools_.equal_range(gradient.inputs[0]);
    const auto found = std::find_if(
        first, last, [&](const auto& pool) { return nodes_[index(pool.second)].attributes == gradient.attributes; });
    return found == last ? -1 : nodes_[index(found->second)].outputs[0];
  }

  bool is_number(int value) const { return ir_.is_constant(value) && ir_.spec(value).shape.num_elements() == 1; }
  bool is_zero(int value) const { return is_number(value) && ir_.value(value).constant.item() == 0.0; }

  // The operand of a product, or of a choice between it and 0, that is the gradient of a pooling.
  std::optional<std::size_t> gradient_operand(const IrNode& node) const {
    const auto is_gradient = [&](std::size_t i) {
      return pool_gradient(node.inputs[i]) && uses_[index(node.inputs[i])] == 1;
    };
    if (node.operation->name == "multiply") {
      if (is_gradient(0)) return 0;
      if (is_gradient(1)) return 1;
    } else {
      if (is_gradient(1) && is_zero(node.inputs[2])) return 1;
      if (is_gradient(2) && is_zero(node.inputs[1])) return 2;
    }
    return {};
  }

  std::optional<IrNode> factor_moved_inside(const IrNode& node) {
    const std::optional<std::size_t> operand = gradient_operand(node);
    if (!operand) return {};
    IrNode gradient = *pool_gradient(node.inputs[*operand]);
    const int x = gradient.inputs[0];
    const int y = pooled(gradient);
    const bool shrinks = y >= 0 && ir_.spec(y).shape.num_elements() < ir_.spec(x).shape.num_elements();
    if (!shrinks || ir_.spec(node.outputs[0]).shape != ir_.spec(x).shape) return {};
    Images images{x, y, {{x, y}}, {}};
    IrNode inner = node;
    for (std::size_t i = 0; i < inner.inputs.size(); ++i) {
      if (i == *operand) {
        inner.inputs[i] = gradient.inputs[1];
      } else if (!map_to_pooled(inner.inputs[i], images)) {
        return {};
      }
    }
    for (IrNode& copy : images.nodes) append(std::move(copy));
    inner.outputs = {ir_.add_computed({ir_.spec(y).shape, ir_.spec(node.outputs[0]).dtype})};
    gradient.inputs[1] = inner.outputs[0];
    gradient.outputs = node.outputs;
    append(std::move(inner));
    return gradient;
  }

  // What follows elementwise from x, computed from y = max_pool(x) instead.
  struct Images {
    int x;
    int y;
    std::map<int, int> of;
    std::vector<IrNode> nodes;
  };

  bool map_to_pooled(int& value, Images& images) {
    constexpr std::size_t kMostNodes = 8;
    if (const auto image = images.of.find(value); image != images.of.end()) {
      value = image->second;
      return true;
    }
    if (is_number(value)) return true;
    const IrNode* maker = maker_of(value);
    const bool is_elementwise = maker && maker->operation->is_elementwise && maker->outputs.size() == 1;
    if (!is_elementwise || ir_.spec(value).shape != ir_.spec(images.x).shape || images.nodes.size() == kMostNodes)
      return false;
    IrNode copy = *maker;
    for (int& input : copy.inputs) {
      if (!map_to_pooled(input, images)) return false;
    }
    copy.outputs = {ir_.add_computed({ir_.spec(images.y).shape, ir_.spec(value).dtype})};
    images.of[value] = copy.outputs[0];
    value = copy.outputs[0];
    images.nodes.push_back(std::move(copy));
    return true;
  }

  Ir& ir_;
  const std::vector<int> uses_;
  std::vector<IrNode> nodes_;
  std::map<int, int> producer_;    // the number in nodes_ by value
  std::multimap<int, int> pools_;  // the numbers in nodes_ of poolings, by what they pool
};

}  // namespace

void shrink_pool_gradients(Ir& ir) { Shrinker(ir).run(); }

}  // namespace cornu
