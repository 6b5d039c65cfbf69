#pragma once

#include "models/training/losses/function_loss.h"

namespace cornu::losses {

struct TripletOptions {
  double margin = 1.0;  ///< how much nearer the positive has to be than the negative
  std::string reduction = "sum_over_batch_size";
  std::string name = "triplet";
  std::optional<DType> dtype = {};
};

/// `max(d(anchor, positive) - d(anchor, negative) + margin, 0)` for squared distances d of embeddings.
///
/// **Inputs** y_pred `(batch, 3, dim)`: anchor, positive and negative, the three
/// outputs of one encoder stacked along axis 1; y_true is not read and may be anything of `(batch,)`. **Output** one
/// value for each sample. Squared distances, as in the paper, have a finite gradient for identical embeddings too.
/// **Throws** ShapeError for predictions of another shape. **See**: Schroff, Kalenichenko and Philbin (2015), eq. 3.
/// Not in Keras.
class Triplet : public Loss {
 public:
  explicit Triplet(const TripletOptions& options = {});
};

}  // namespace cornu::losses
