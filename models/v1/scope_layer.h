#pragma once

#include <string>

#include "layers/shared.h"

namespace cornu::v1 {

/// The layer behind a variable scope whose variables `get_variable` made: it owns them, and computes nothing.
class ScopeLayerBody : public Layer {
 public:
  explicit ScopeLayerBody(const std::string& name) : Layer(name) {}
  std::string class_name() const override { return "ScopeLayer"; }

  /// A weight without values yet.
  cornu::Variable make_weight(const std::string& name, const Shape& shape, DType dtype, bool trainable);

 protected:
  /// **Throws** Unsupported: a scope knows its variables, not what was done with them.
  Outputs call(const Inputs& inputs, const CallContext& context) override;
};
using ScopeLayer = Shared<ScopeLayerBody>;

}  // namespace cornu::v1
