#pragma once

#include <string>
#include <utility>
#include <vector>

#include "framework/config.h"
#include "framework/state_tree.h"

namespace cornu::io {

/// What a `.keras` file holds.
struct KerasArchive {
  Config metadata;  ///< `keras_version`, `date_saved`; null where the file has none
  Config config;    ///< the serialized model
  StateTree weights;
  /// Files that layers keep beside their arrays, such as vocabularies: path below `assets/`, and contents.
  std::vector<std::pair<std::string, std::string>> assets;
};

/// Reads a `.keras` file. Everything in it is data: nothing is extracted to the disk and nothing is run.
/// **Throws** FormatError for a missing or damaged archive and for one without `config.json` or `model.weights.h5`.
KerasArchive read_keras_archive(const std::string& path);

/// Writes a `.keras` file with the members, the order and the layout of Keras 3; an existing file is replaced at the
/// end and at once.
void write_keras_archive(const std::string& path, const KerasArchive& archive);

}  // namespace cornu::io
