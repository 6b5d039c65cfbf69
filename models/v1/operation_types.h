#pragma once

#include <string>
#include <vector>

#include "framework/attributes.h"

namespace cornu::v1 {

/// How TensorFlow calls an operation: its type, the name it gets by itself, and the names of its inputs.
struct OperationType {
  std::string type;
  std::string default_name;
  std::vector<std::string> parameters;
};

/// The TensorFlow side of an operation of `cornu::ops`, as layers and operators use it. One that TensorFlow does not
/// have is called by its own name in capitals: "layer_norm" is "LayerNorm".
OperationType operation_type(const std::string& operation, const Attributes& attributes);

}  // namespace cornu::v1
