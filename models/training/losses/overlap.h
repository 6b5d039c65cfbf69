#pragma once

#include "models/training/losses/function_loss.h"

namespace cornu::losses {

struct DiceOptions {
  std::string reduction = "sum_over_batch_size";
  std::string name = "dice";
  std::vector<std::int64_t> axis = {};  ///< over which an overlap is measured; all by default, the batch too
  std::optional<DType> dtype = {};
};

/// `1 - 2 * sum(y_true * y_pred) / (sum(y_true) + sum(y_pred) + 1e-7)`, for masks of a segmentation.
/// **See**: `keras.losses.Dice`.
class Dice : public Loss {
 public:
  explicit Dice(const DiceOptions& options = {});
};

struct TverskyOptions {
  double alpha = 0.5;  ///< weight of what is missed
  double beta = 0.5;   ///< weight of what is predicted wrongly
  std::string reduction = "sum_over_batch_size";
  std::string name = "tversky";
  std::vector<std::int64_t> axis = {};  ///< over which an overlap is measured; all by default, the batch too
  std::optional<DType> dtype = {};
};

/// `1 - both / (both + alpha * sum(y_true * (1 - y_pred)) + beta * sum(y_pred * (1 - y_true)) + 1e-7)` for
/// `both = sum(y_true * y_pred)`. **See**: Salehi et al. (2017); `keras.losses.Tversky`, whose documentation names the
/// two factors the other way around.
class Tversky : public Loss {
 public:
  explicit Tversky(const TverskyOptions& options = {});
};

}  // namespace cornu::losses
