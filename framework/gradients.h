#pragma once

#include <functional>

#include "framework/tensor.h"

namespace cornu {

class Node;

/// Gradients of `sum_i sum(targets[i] * output_gradients[i])` with respect to the sources (reverse mode).
///
/// Works on symbols of a graph, where it adds nodes, and on values computed under a GradientTape. A source read from a
/// variable stands for all reads of it. Output gradients default to ones. A source that no target depends on gets an
/// undefined tensor.
/// **Throws** Unsupported naming the operation when a path from a target to a source has no gradient.
Tensors gradients(const Tensors& targets, const Tensors& sources, const Tensors& output_gradients = {});

/// The gradient rule of a fused operation by way of a composition of others that computes the same: makes the
/// composition of the node's inputs and differentiates that. Serves where speed matters less than being right to any
/// order.
Tensors gradients_of_composition(const std::function<Tensors(const Tensors& inputs)>& composition, const Node& node,
                                 const Tensors& output_gradients);

}  // namespace cornu
