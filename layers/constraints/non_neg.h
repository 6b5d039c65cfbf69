#pragma once

#include "layers/constraints/constraint.h"

namespace cornu::constraints {

/// Makes negative weights 0. **See**: `keras.constraints.NonNeg`.
class NonNeg : public Constraint {
 public:
  NonNeg();
};

}  // namespace cornu::constraints
