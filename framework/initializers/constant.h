#pragma once

#include "framework/initializers/initializer.h"

namespace cornu::initializers {

/// Zeros everywhere. **See**: `keras.initializers.Zeros`.
class Zeros : public Initializer {
 public:
  Zeros();
};

/// Ones everywhere. **See**: `keras.initializers.Ones`.
class Ones : public Initializer {
 public:
  Ones();
};

/// One value everywhere. **See**: `keras.initializers.Constant`.
class Constant : public Initializer {
 public:
  explicit Constant(double value = 0.0);
};

}  // namespace cornu::initializers
