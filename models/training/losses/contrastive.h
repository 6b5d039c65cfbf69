#pragma once

#include "models/training/losses/function_loss.h"

namespace cornu::losses {

struct ContrastiveOptions {
  double margin = 1.0;  ///< how far apart pairs that are not the same have to be
  std::string reduction = "sum_over_batch_size";
  std::string name = "contrastive";
  std::optional<DType> dtype = {};
};

/// `mean(y * d^2 + (1 - y) * max(margin - d, 0)^2)` for distances d between pairs; y is 1 for the same and 0 for
/// others.
///
/// **Inputs** y_true `(batch,)` or `(batch, 1)`; y_pred the distances, `(batch, 1)`, not negative. The mean is over the
/// last axis, as in `mean_squared_error`. Gradients with respect to d are finite everywhere.
/// **See**: Hadsell, Chopra and LeCun (2006), whose y is 0 for the same and whose terms are halved. Not in Keras.
///
/// ```cpp
/// siamese.compile({.optimizer = "adam", .loss = losses::Contrastive({.margin = 1.0})});
/// ```
class Contrastive : public Loss {
 public:
  explicit Contrastive(const ContrastiveOptions& options = {});
};

}  // namespace cornu::losses
