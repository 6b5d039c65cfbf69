#pragma once

#include <optional>

#include "framework/config.h"
#include "models/model.h"

namespace cornu {

/// The model that a serialized Sequential or Functional describes, without its weights. Nothing in it is run.
/// **Throws** FormatError, naming the layer, for what is damaged; Unsupported for what cornu does not have.
AnyModel model_from_config(const Config& serialized);

/// The compile arguments of a model file; nothing where it was not compiled.
std::optional<CompileOptions> compile_options_from(const Config& compile_config, const ModelLayer& model);

}  // namespace cornu
