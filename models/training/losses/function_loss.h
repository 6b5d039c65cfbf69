#pragma once

#include "models/training/losses/loss.h"

namespace cornu::losses {

/// Options that all losses have, after their own.
struct LossOptions {
  std::string reduction = "sum_over_batch_size";  ///< see `Loss::Body::reduction`
  std::string name = {};                          ///< Keras' name of the loss if empty
  std::optional<DType> dtype = {};                ///< what it computes in, see `Loss::Body::dtype`
};

/// A loss that is a function of `(y_true, y_pred)`: what most classes here are made of.
struct FunctionLoss {
  std::string class_name;
  std::string name;  ///< snake case of the class if empty
  std::string reduction = "sum_over_batch_size";
  std::optional<DType> dtype = {};
  Config arguments = Config::dict();  ///< of the constructor, besides name and reduction
  bool takes_labels = false;
  std::function<Tensor(const Tensor& y_true, const Tensor& y_pred)> function;
};

/// Its targets and predictions are brought to one rank before the function is called.
Loss function_loss(FunctionLoss loss);

/// The options that all losses have, from a configuration.
LossOptions loss_options(const Config& config);

/// Registers a class whose constructor takes nothing but LossOptions.
template <typename L> bool register_plain_loss(const char* class_name, std::vector<std::string> aliases = {}) {
  return register_loss(
      class_name, [](const Config& config) -> Loss { return L(loss_options(config)); }, std::move(aliases));
}

}  // namespace cornu::losses
