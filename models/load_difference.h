#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/model.h"

namespace cornu {

/// One array that is in the model, in the file, or in both.
struct LoadEntry {
  std::string path;
  std::optional<TensorSpec> in_model;
  std::string model_name;               ///< the variable's path, as shown to people
  std::optional<TensorSpec> in_file;
  bool fits = true;                     ///< both agree, or the caller allowed the difference
};

/// The message for a file that does not fit a model: file and model side by side, the first difference marked, and what to do.
std::string load_difference(const std::string& file, const ModelLayer& model, const std::vector<LoadEntry>& entries);

}  // namespace cornu
