#pragma once

#include "models/v1/graph.h"

namespace cornu::test {

/// Each case of a suite begins with an empty default graph.
struct FreshGraph {
  FreshGraph() { v1::reset_default_graph(); }
};

}  // namespace cornu::test
