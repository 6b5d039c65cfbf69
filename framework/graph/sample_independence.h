#pragma once

#include "framework/graph/graph.h"

namespace cornu {

/// True when a graph treats each of the samples that lie along the first axis of `input` by itself, so that what it
/// makes of samples put together from several inputs is what it makes of each, put together. `output` has the samples
/// along its first axis too. Shapes are known.
///
/// It knows the operations that layers are made of; false for a graph with others, or that assigns variables.
bool treats_samples_alone(const Graph& graph, const Tensor& input, const Tensor& output);

}  // namespace cornu
