#pragma once

#include <string>
#include <vector>

#include "models/v1/graph.h"

namespace cornu::v1 {

/// A variable of a graph, the layer that owns it, and the places that use it.
struct MigrationEntry {
  std::string scope;
  std::string layer_class;        ///< "Dense", or "ScopeLayer" where get_variable made it
  std::string variable;           ///< "fc1/kernel:0"
  std::string keras_path;         ///< "fc1/kernel", in the layer
  std::vector<std::string> uses;  ///< operations that read it
};

/// How the scopes of a graph map onto layers, as data and as a table: scope, layer, variable, Keras path, uses.
std::vector<MigrationEntry> migration_entries(const Graph& graph);
std::string migration_report(const Graph& graph);
/// Of the default graph.
std::string migration_report();

}  // namespace cornu::v1
