#pragma once

#include <string>

#include "framework/state_tree.h"

namespace cornu::io {

class Hdf5File;

/// Layouts of the HDF5 files in which Keras keeps weights.
enum class WeightsLayout {
  kKeras3,         ///< `.weights.h5`: groups `path/vars` with arrays `0`, `1`, ...
  kLegacyWeights,  ///< Keras 2's `save_weights("m.h5")`: attribute `layer_names` on the root
  kLegacyModel,    ///< `save("m.h5")`, Keras 2 and 3: group `model_weights`, attribute `model_config`
};

/// The layout of an open file; a file that shows no sign of the old ones is taken for `kKeras3`.
WeightsLayout weights_layout(const Hdf5File& file);

/// True for a file of one of the two old layouts.
inline bool is_legacy(const Hdf5File& file) { return weights_layout(file) != WeightsLayout::kKeras3; }

/// Reads a `.weights.h5` file of Keras 3. Groups come in the order of the file, which is by name: find them by path.
///
/// Arrays `0`, `1`, ... stand in `Group::arrays` by number; arrays with other names (`idf_weights` of lookup layers)
/// follow them by name. **Throws** FormatError for a missing or damaged file, an old layout, or a gap in the numbers.
StateTree read_weights(const std::string& path);

/// The same for the bytes of a file in memory, which `where` names in messages.
StateTree read_weights_image(std::string image, const std::string& where);

/// Writes a `.weights.h5` file as Keras 3 does; an existing file is replaced at the end and at once (see AtomicFile).
///
/// A group with a name is written even without arrays, as Keras does; one with neither is left out.
void write_weights(const std::string& path, const StateTree& state);

/// Writes the same to an HDF5 file at `path` directly, for files that become part of another. `where` names it in
/// messages.
void write_weights_in_place(const std::string& path, const StateTree& state, const std::string& where);

}  // namespace cornu::io
