#pragma once

#include <string>

#include "io/graph_description.h"

namespace cornu::io {

/// The graph as the bytes of TensorFlow's GraphDef message: what the event of a graph holds, and a `.pb` file.
std::string graph_def_of(const GraphDescription& graph);

}  // namespace cornu::io
