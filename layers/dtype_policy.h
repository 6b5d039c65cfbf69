#pragma once

#include <string>

#include "framework/config.h"
#include "framework/dtype.h"

namespace cornu {

/// In which dtype a layer computes and in which it keeps its weights: "float32", "float64", "mixed_bfloat16", ...
///
/// **See**: `keras.dtype_policies`.
class DTypePolicy {
 public:
  DTypePolicy() : DTypePolicy("float32") {}
  DTypePolicy(const char* name) : DTypePolicy(std::string(name)) {}
  /// **Throws** DTypeError for an unknown name.
  DTypePolicy(const std::string& name);
  DTypePolicy(DType dtype) : DTypePolicy(std::string(name_of(dtype))) {}

  /// From a name, a serialized `DTypePolicy`, or null (float32).
  static DTypePolicy from_config(const Config& config);

  const std::string& name() const { return name_; }
  DType compute_dtype() const { return compute_dtype_; }
  DType variable_dtype() const { return variable_dtype_; }
  Config serialized() const;

 private:
  std::string name_;
  DType compute_dtype_;
  DType variable_dtype_;
};

}  // namespace cornu
