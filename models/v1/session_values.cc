#include "models/v1/session_values.h"

#include "framework/initializers/initializer.h"
#include "framework/ops/broadcast_constant.h"

namespace cornu::v1 {

const cornu::Variable& SessionValues::variable(const VariableRecord& record) {
  cornu::Variable& variable = variables_[&record];
  if (!variable.defined()) {
    variable = cornu::Variable(ops::zeros(record.variable.shape(), record.variable.dtype()),
                               {.name = record.name, .trainable = record.trainable});
  }
  return variable;
}

const cornu::Variable& SessionValues::random_state(const OperationRecord& record) {
  cornu::Variable& state = random_states_[&record];
  if (!state.defined()) {
    const std::uint64_t seed = record.random_seed == 0 ? next_random_seed() : record.random_seed;
    state = cornu::Variable(cornu::Tensor::copy({static_cast<std::int64_t>(seed >> 1), std::int64_t{0}}, {2}),
                            {.name = record.name + "/state", .trainable = false});
  }
  return state;
}

void SessionValues::clear() {
  variables_.clear();
  initialized_.clear();
  random_states_.clear();
}

}  // namespace cornu::v1
