#pragma once

#include <string>
#include <vector>

#include "framework/state_tree.h"
#include "models/model.h"

namespace cornu {

/// What may differ when weights are loaded; by default nothing.
struct LoadOptions {
  /// Patterns of paths ("layers/dense/*", `*` stands for anything) that may be missing, unexpected or of another shape.
  std::vector<std::string> allow_missing = {};
  std::vector<std::string> allow_unexpected = {};
  std::vector<std::string> allow_shape_mismatch = {};
};

/// What came of loading: paths of arrays, such as `layers/dense/vars/0`.
struct LoadReport {
  std::vector<std::string> loaded;
  std::vector<std::string> missing;         ///< in the model, not in the file
  std::vector<std::string> unexpected;      ///< in the file, not in the model
  std::vector<std::string> shape_mismatch;  ///< in both, of different shapes
};

/// The arrays of a model under the paths of Keras' weights files; the optimizer's too once it is compiled.
StateTree state_of(const ModelLayer& model);

/// Gives a model the arrays of a tree: all or, when anything does not fit that the options do not allow, none.
/// **Throws** FormatError with the file's and the model's entries side by side, the first difference marked.
LoadReport load_state(ModelLayer& model, const StateTree& state, const std::string& where, const LoadOptions& options);

/// Writes `.weights.h5`, at once: a reader sees the old file or the new one. **Throws** FormatError for another suffix,
/// StateError for a model without weights yet.
void save_weights(const ModelLayer& model, const std::string& path);

/// Reads `.weights.h5`, or the weights of a `.keras` file. **Throws** FormatError for a missing or damaged file.
LoadReport load_weights(ModelLayer& model, const std::string& path, const LoadOptions& options);

/// How a `.keras` file is made a model.
struct LoadModelOptions {
  bool compile = true;  ///< with the optimizer, losses and metrics of the file
};

/// The model in a `.keras` file: Sequential or Functional, nested, with shared layers, weights and compile arguments.
/// Nothing in the file is run. **Throws** FormatError naming file, layer and remedy.
AnyModel load_model(const std::string& path, const LoadModelOptions& options = {});

}  // namespace cornu
