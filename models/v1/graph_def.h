#pragma once

#include "io/graph_description.h"
#include "models/v1/graph.h"

namespace cornu::v1 {

/// A graph as TensorBoard draws it: each variable one node however often it is shared, in the order of making.
io::GraphDescription graph_def(const Graph& graph);

}  // namespace cornu::v1
