#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/v1/graph_body.h"
#include "models/v1/variable.h"
#include "models/v1/variable_scope.h"

namespace cornu::v1 {

/// What a new variable is to be; everything about scopes is settled.
struct NewVariable {
  std::string name;  ///< complete, as `unique_scope` gives it
  std::optional<Shape> shape;
  std::optional<DType> dtype;
  Initializer initializer;
  bool trainable = true;
  std::vector<std::string> collections;
  Constraint constraint;
};

/// Makes a variable of a graph, with its node, initial value, Assign and read. The layer behind its scope owns it.
std::shared_ptr<VariableRecord> make_variable(const std::shared_ptr<GraphBody>& body, const NewVariable& variable);

/// The layer behind a scope, which is made if there is none yet.
std::shared_ptr<Layer> layer_behind(GraphBody& body, const std::string& scope);

/// Where get_variable finds and makes variables while a ScopedLayer is called: that layer.
class TrackingStore {
 public:
  virtual ~TrackingStore() = default;
  virtual Variable get_or_make(const std::string& full_name, const GetVariableOptions& options) = 0;
  /// The store of the innermost ScopedLayer that is being called on this thread, or null.
  static TrackingStore* current();
  static void set_current(TrackingStore* store);
};

/// The initializer that a variable of that dtype gets by default.
Initializer default_initializer(DType dtype);
/// **Throws** ValueError unless the shape and dtype asked for fit those of an existing variable.
void check_shared(const std::string& name, const GetVariableOptions& options, const Shape& shape, DType dtype);
/// **Throws** TypeError for an initializer of fractions and an integer dtype.
void check_initializer_dtype(const std::string& name, const Initializer& initializer, DType dtype);

}  // namespace cornu::v1
