#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/model.h"

namespace cornu::cli {

/// For each input of a model, the number of entries to choose from where its values are indices, such as the vocabulary
/// of an Embedding; the least where they choose from several. Nothing for an input that is no index.
///
/// Whatever takes the input counts, in models within the model as well. Values are followed through operations that
/// hand them on (casts, slices, concatenations, ...), not through arithmetic, nor into loops.
/// **Throws** StateError where the shapes of the inputs are not known.
std::vector<std::optional<std::int64_t>> index_bounds(const ModelLayer& model);

}  // namespace cornu::cli
