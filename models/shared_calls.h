#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "framework/tensor.h"
#include "layers/layer_call.h"
#include "models/model_call_graph.h"

namespace cornu {

/// An order in which a functional model's calls can be replayed so that calls of one layer on several inputs, as those
/// of a siamese network's tower, come together.
///
/// Each step is one call, or calls of one layer that do not depend on one another; numbers are indices of `calls`.
std::vector<std::vector<std::size_t>> steps_with_shared_calls(const std::vector<ModelCallGraph::Call>& calls);

/// Runs calls of one layer on several inputs as one call on the samples of all, while a graph is traced: the products
/// are larger, weights are read once, and their gradients need no adding up.
class StackedCalls {
 public:
  /// The outputs of the calls, one each; empty where one call would not give the same: a layer that mixes samples
  /// (batch normalization in training), draws random numbers or adds losses, inputs of different shapes, masks.
  Tensors run(const LayerPtr& layer, const Tensors& inputs, bool training);

 private:
  Tensor stacked(const Tensors& parts);

  std::map<std::vector<Tensor::Key>, Tensor> stacks_;  // by their parts: what one layer stacked the next one uses so
};

}  // namespace cornu
