#include "models/v1/scope_layer.h"

#include "framework/error.h"

namespace cornu::v1 {

cornu::Variable ScopeLayerBody::make_weight(const std::string& name, const Shape& shape, DType dtype, bool trainable) {
  return add_weight(name, shape, {.initializer = "zeros", .trainable = trainable, .dtype = dtype});
}

Outputs ScopeLayerBody::call(const Inputs&, const CallContext&) {
  throw Unsupported("ScopeLayer '" + name() +
                        "': holds the variables that get_variable made in a scope, but not what the program did with "
                        "them. Wrap that function in a v1::ScopedLayer, or make the scope with v1::layers::dense(...).",
                    name());
}

}  // namespace cornu::v1
