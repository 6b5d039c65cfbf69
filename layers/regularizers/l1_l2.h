#pragma once

#include "layers/regularizers/regularizer.h"

namespace cornu::regularizers {

/// Options of L1L2, in Keras' order; both factors are finite and at least 0.
struct L1L2Options {
  double l1 = 0.0;
  double l2 = 0.0;
};

/// `l1 * sum(|x|) + l2 * sum(x^2)`. **Throws** InvalidArgument for a negative or infinite factor.
/// **See**: `keras.regularizers.L1L2`.
class L1L2 : public Regularizer {
 public:
  explicit L1L2(const L1L2Options& options = {});
};

struct L1Options {
  double l1 = 0.01;
};

/// `l1 * sum(|x|)`: drives weights to exactly 0. **See**: `keras.regularizers.L1`.
class L1 : public Regularizer {
 public:
  explicit L1(const L1Options& options = {});
};

struct L2Options {
  double l2 = 0.01;
};

/// `l2 * sum(x^2)`: keeps weights small. **See**: `keras.regularizers.L2`.
class L2 : public Regularizer {
 public:
  explicit L2(const L2Options& options = {});
};

}  // namespace cornu::regularizers
