#pragma once

#include <functional>
#include <optional>
#include <string>

#include "models/model.h"

namespace cornu {

/// How `summary` prints. **See**: `keras.Model.summary`.
struct SummaryOptions {
  std::optional<int> line_length = {};  ///< characters; Keras' width for the kind of model by default
  bool expand_nested = false;           ///< show the layers of nested models
  bool show_trainable = false;          ///< a column that says whether a layer is trained
  bool ascii = false;                   ///< `+-|` instead of box characters, for logs
};

/// The table of a model's layers as Keras 3 prints it: names, types, output shapes, parameters, connections.
std::string summary_of(const ModelLayer& model, const SummaryOptions& options);

}  // namespace cornu
