#pragma once

#include "layers/layer.h"

namespace cornu {

/// Told of the layers that a thread makes and calls; names of operations in a `v1::Graph` follow from it.
class LayerObserver {
 public:
  virtual ~LayerObserver() = default;
  virtual void made(const LayerPtr& layer) = 0;
  /// A call on tensors of `graph`, which is null in eager execution, and on tensors made from Input.
  virtual void call_begins(const Layer& layer, const std::shared_ptr<Graph>& graph) = 0;
  /// Follows `call_begins` once the layer has its weights.
  virtual void has_weights(const Layer& layer, const std::shared_ptr<Graph>& graph) = 0;
  virtual void call_ends(const Layer& layer, const std::shared_ptr<Graph>& graph) = 0;

  /// The observer of this thread, or null.
  static LayerObserver* current();
  static void set_current(LayerObserver* observer);
};

}  // namespace cornu
