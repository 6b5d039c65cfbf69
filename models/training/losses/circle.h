#pragma once

#include "models/training/losses/function_loss.h"

namespace cornu::losses {

struct CircleOptions {
  double gamma = 80.0;          ///< scale of similarities
  double margin = 0.4;          ///< relaxation: positive pairs are to be more alike than `1 - margin`
  bool remove_diagonal = true;  ///< a sample is no positive pair with itself
  std::string reduction = "sum_over_batch_size";
  std::string name = "circle";
  std::optional<DType> dtype = {};
};

/// Circle loss over all pairs of a batch: pairs of one class alike, others not, each weighed by how far off it is.
///
/// **Inputs** y_true, class numbers, `(batch,)` or `(batch, 1)`; y_pred, embeddings of length 1, `(batch, dim)`.
/// Samples without a partner cost nothing and do not count. **See**: Sun et al. (2020); `keras.losses.Circle`.
class Circle : public Loss {
 public:
  explicit Circle(const CircleOptions& options = {});
};

}  // namespace cornu::losses
