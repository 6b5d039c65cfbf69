#pragma once

#include <string>
#include <vector>

#include "models/model.h"

namespace cornu {

/// One call of a layer that uses a variable.
struct VariableUse {
  std::string layer = {};   ///< name of the layer whose `call` uses it; empty for the model itself
  std::string within = {};  ///< the calls around that one, without the model: "tower[1]"; empty at the top
  int call = 0;             ///< which call of that layer, from 0
  int num_calls = 1;        ///< how often the model calls that layer in all

  bool operator==(const VariableUse&) const = default;
};

/// A variable with all its uses in one call of the model.
struct VariableSharing {
  Variable variable;
  std::string path;
  Shape shape;
  std::vector<VariableUse> uses;
};

/// What each variable of a model is used by; more than one use is sharing.
struct SharingReport {
  std::string model;
  /// As in `model->weights()`.
  std::vector<VariableSharing> variables;

  /// A table with a line for each use: `tower[1]/fc1[1]` is the second call of `fc1`, in the second of `tower`. Calls
  /// are numbered where there is more than one.
  std::string to_string() const;
};

/// Finds the uses of all weights by calling the model on symbols: a weight is used where it is read, whoever owns it.
///
/// Of a layer called within a loop or a branch of `ops::cond` a weight counts as used by each of its calls there.
/// **Throws** StateError where the shapes of the model's inputs are not known yet.
SharingReport sharing_of(const ModelLayer& model);

/// Nothing where both are one variable, or where the layers are one layer or have the very same weights. **Throws**
/// StateError with both paths otherwise.
///
/// ```cpp
/// assert_shared(left_tower, right_tower);
/// ```
void assert_shared(const Variable& a, const Variable& b);
void assert_shared(const AnyLayer& a, const AnyLayer& b);

}  // namespace cornu
