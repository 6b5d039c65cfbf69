#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "framework/graph/node.h"
#include "layers/layer_call.h"

namespace cornu {

/// The calls between a functional model's inputs and outputs, in an order in which they can be replayed.
///
/// Built once from symbols; replaying calls the same layers (and applies the same operations) on other tensors.
class ModelCallGraph {
 public:
  /// **Throws** GraphError when an output depends on an Input that is not among the inputs.
  ModelCallGraph(const Tensors& inputs, const Tensors& outputs);

  /// The outputs for these inputs, in training or inference mode.
  Tensors replay(const Tensors& inputs, bool training) const;

  /// One call in the graph: of a layer, or of an operation on tensors (`layer` is then null).
  struct Call {
    std::shared_ptr<const Origin> origin;
    const LayerCall* layer_call = nullptr;
    const Node* node = nullptr;
    int depth = 0;  ///< longest way to an output
  };
  /// In the order of replaying.
  const std::vector<Call>& calls() const { return calls_; }

  /// The layers in Keras' order: by depth, the deepest first, then as a search from the outputs meets them.
  const std::vector<LayerPtr>& layers() const { return layers_; }

  const Tensors& inputs() const { return inputs_; }
  const Tensors& outputs() const { return outputs_; }

  /// Which call of its layer this is, counting from 0, among the calls in this graph.
  int call_number(const LayerCall& call) const;

 private:
  void collect();
  void order_layers();

  Tensors inputs_;
  Tensors outputs_;
  std::vector<Call> calls_;
  std::vector<std::vector<std::size_t>> steps_;  ///< the calls by number, those that may be one call together
  std::vector<LayerPtr> layers_;
  std::vector<const Origin*> found_order_;  ///< origins as the search from the outputs first meets them
};

}  // namespace cornu
