#pragma once

#include <map>
#include <unordered_map>
#include <unordered_set>

#include "models/v1/operation_record.h"

namespace cornu::v1 {

/// What one session keeps between runs: a value for each variable of its graph, and the states of random operations.
class SessionValues {
 public:
  /// The session's own variable in place of that of the graph. It holds zeros until it is initialised.
  const cornu::Variable& variable(const VariableRecord& record);
  bool is_initialized(const VariableRecord& record) const { return initialized_.contains(&record); }
  void mark_initialized(const VariableRecord& record) { initialized_.insert(&record); }

  /// The state of an operation's random numbers. Streams without a seed differ from session to session.
  const cornu::Variable& random_state(const OperationRecord& record);

  void clear();

 private:
  std::unordered_map<const VariableRecord*, cornu::Variable> variables_;
  std::unordered_set<const VariableRecord*> initialized_;
  std::unordered_map<const OperationRecord*, cornu::Variable> random_states_;
};

}  // namespace cornu::v1
