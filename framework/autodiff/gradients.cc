#include "framework/gradients.h"

#include <algorithm>
#include <map>
#include <set>

#include "framework/error.h"
#include "framework/graph/node.h"
#include "framework/graph/recording.h"
#include "framework/operation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"

namespace cornu {
namespace {

using NodePtr = std::shared_ptr<const Node>;

// What a source or an intermediate result is known by: all reads of a variable are one.
Tensor::Key key_of(const Tensor& tensor) {
  if (tensor.variable()) return {tensor.variable().get(), -1};
  return tensor.key();
}

// All nodes that the targets depend on, inputs first.
std::vector<NodePtr> ancestors(const Tensors& targets) {
  std::set<const Node*> seen;
  std::vector<NodePtr> found;
  std::vector<NodePtr> open;
  const auto visit = [&](const Tensor& tensor) {
    NodePtr node = Node::of(tensor);
    if (node && seen.insert(node.get()).second) open.push_back(std::move(node));
  };
  for (const Tensor& target : targets) visit(target);
  while (!open.empty()) {
    const NodePtr node = std::move(open.back());
    open.pop_back();
    found.push_back(node);
    for (const Tensor& input : node->inputs()) visit(input);
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a->sequence() < b->sequence(); });
  return found;
}

class ReversePass {
 public:
  ReversePass(const Tensors& targets, const Tensors& sources) : nodes_(ancestors(targets)) {
    for (const Tensor& source : sources) wanted_.insert(key_of(source));
    for (const NodePtr& node : nodes_) {
      const bool leads = std::any_of(node->inputs().begin(), node->inputs().end(),
                                     [&](const Tensor& input) { return is_wanted(input); });
      if (leads) useful_.insert(node.get());
    }
  }

  void add(const Tensor& tensor, const Tensor& gradient) {
    if (!is_floating(tensor.dtype())) return;
    const auto [it, inserted] = gradients_.emplace(key_of(tensor), gradient);
    if (!inserted) it->second = it->second + gradient;
  }

  void run() {
    for (auto it = nodes_.rbegin(); it != nodes_.rend(); ++it) {
      if (useful_.contains(it->get())) pass_through(**it);
    }
  }

  Tensor gradient_of(const Tensor& source) const {
    const auto it = gradients_.find(key_of(source));
    return it == gradients_.end() ? Tensor() : it->second;
  }

 private:
  bool is_wanted(const Tensor& tensor) const {
    if (wanted_.contains(key_of(tensor))) return true;
    const NodePtr node = Node::of(tensor);
    return node && useful_.contains(node.get());
  }

  void pass_through(const Node& node) {
    Tensors output_gradients(node.num_outputs());
    bool any = false;
    for (std::size_t i = 0; i < node.num_outputs(); ++i) {
      const auto it = gradients_.find({&node, static_cast<int>(i)});
      if (it == gradients_.end()) continue;
      output_gradients[i] = it->second;
      any = true;
    }
    if (!any) return;
    if (!node.operation().gradient) {
      throw Unsupported(
          "gradients: " + node.describe() + " has no gradient, but a target depends on a source through it", {},
          node.operation().name);
    }
    const Tensors input_gradients = node.operation().gradient(node, output_gradients);
    for (std::size_t i = 0; i < node.inputs().size(); ++i) {
      if (input_gradients[i].defined() && is_wanted(node.input(i))) add(node.input(i), input_gradients[i]);
    }
  }

  std::vector<NodePtr> nodes_;
  std::set<Tensor::Key> wanted_;
  std::set<const Node*> useful_;
  std::map<Tensor::Key, Tensor> gradients_;
};

// The same elements as the output of another node.
Tensor alias_of(const Tensor& tensor) {
  const Operation& identity = operation_named("reshape_like");
  if (tensor.is_symbolic()) return apply_single(identity, {tensor, tensor});
  const auto node =
      std::make_shared<Node>(identity, Tensors{tensor, tensor}, Attributes(), TensorSpecs{tensor.spec()}, nullptr);
  node->keep_values({tensor.storage()});
  return node->output(0);
}

}  // namespace

Tensors gradients(const Tensors& targets, const Tensors& sources, const Tensors& output_gradients) {
  ReversePass pass(targets, sources);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const bool given = i < output_gradients.size() && output_gradients[i].defined();
    pass.add(targets[i], given ? output_gradients[i] : ops::ones_like(targets[i]));
  }
  pass.run();
  Tensors results;
  for (const Tensor& source : sources) results.push_back(pass.gradient_of(source));
  return results;
}

Tensors gradients_of_composition(const std::function<Tensors(const Tensors& inputs)>& composition, const Node& node,
                                 const Tensors& output_gradients) {
  // The node's inputs may be one tensor twice, or be computed from one another; the composition gets others of the same
  // values, so that the gradient of each input is its own and nothing is followed beyond them.
  Tensors inputs;
  Tensors targets;
  Tensors reached;
  Tensors arriving;
  {
    const RecordingScope recording;
    for (const Tensor& input : node.inputs()) inputs.push_back(alias_of(input));
    targets = composition(inputs);
  }
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (!output_gradients[i].defined()) continue;
    reached.push_back(targets[i]);
    arriving.push_back(output_gradients[i]);
  }
  return gradients(reached, inputs, arriving);
}

}  // namespace cornu
