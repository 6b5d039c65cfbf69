#pragma once

#include "framework/initializers/initializer.h"

namespace cornu::initializers {

/// Options of Orthogonal, in Keras' order.
struct OrthogonalOptions {
  double gain = 1.0;                      ///< what the matrix is multiplied by
  std::optional<std::int64_t> seed = {};  ///< drawn from the thread's sequence where none is given
};

/// A random matrix with orthonormal rows or columns, whichever are fewer; axes before the last one are taken together.
///
/// The orthogonal factor Q of a normally distributed matrix, with signs such that R has a positive diagonal.
/// **Throws** ShapeError for a weight of rank below 2. **See**: Saxe et al., 2014; `keras.initializers.Orthogonal`.
class Orthogonal : public Initializer {
 public:
  explicit Orthogonal(const OrthogonalOptions& options = {});
};

}  // namespace cornu::initializers
