#pragma once

#include "layers/regularizers/regularizer.h"

namespace cornu::regularizers {

/// Options of OrthogonalRegularizer, in Keras' order.
struct OrthogonalRegularizerOptions {
  double factor = 0.01;       ///< of the penalty, at least 0
  std::string mode = "rows";  ///< what is to be orthogonal: "rows" or "columns"
};

/// Mean of the absolute cosines between all pairs of rows (or columns) of a matrix, times `factor`.
///
/// **Throws** InvalidArgument for another mode, ShapeError for a weight that is no matrix.
/// **See**: `keras.regularizers.OrthogonalRegularizer`.
class OrthogonalRegularizer : public Regularizer {
 public:
  explicit OrthogonalRegularizer(const OrthogonalRegularizerOptions& options = {});
};

}  // namespace cornu::regularizers
