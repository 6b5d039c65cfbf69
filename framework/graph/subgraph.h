#pragma once

#include <functional>
#include <memory>

#include "framework/graph/graph.h"

namespace cornu {

/// A function as data: a graph with its inputs and outputs; the body of a cond or a while_loop.
class Subgraph {
 public:
  std::shared_ptr<Graph> graph;
  Tensors inputs;
  Tensors outputs;

  /// Specs of the outputs for inputs of these specs.
  TensorSpecs infer(std::span<const TensorSpec> input_specs) const;

  /// The outputs for other inputs, by applying the same operations to them.
  Tensors replay(const Tensors& arguments) const;
};

}  // namespace cornu
