#include "layers/lora.h"

#include <cmath>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/matmul.h"
#include "layers/layer_title.h"

namespace cornu {

void Lora::enable(const std::string& who, const Variable& weight, const WeightOptions& options, std::int64_t rank,
                  std::optional<double> alpha, const AddWeight& add_weight) {
  if (!weight.defined())
    throw StateError(who + ": LoRA cannot be enabled before the layer is built; call it once first",
                     path_in_title(who));
  if (enabled())
    throw StateError(who + ": LoRA is already enabled; this can only be done once per layer", path_in_title(who));
  if (options.constraint.defined()) {
    throw InvalidArgument(
        who + ": LoRA is incompatible with a constraint on the " + weight.name() + "; remove that argument",
        path_in_title(who));
  }
  if (rank < 1)
    throw InvalidArgument(who + ": the rank of LoRA must be positive; got " + std::to_string(rank), path_in_title(who));
  // The factors stay in float32 under every policy: their products are small changes of the weight.
  WeightOptions factor{.initializer = "he_uniform", .regularizer = options.regularizer, .dtype = float32};
  a_ = add_weight("lora_" + weight.name() + "_a", weight.shape().slice(0, -1).concatenated({rank}), factor);
  factor.initializer = "zeros";
  b_ = add_weight("lora_" + weight.name() + "_b", {rank, weight.shape().back()}, factor);
  weight.set_trainable(false);
  rank_ = rank;
  alpha_ = alpha.value_or(static_cast<double>(rank));
}

Tensor Lora::merged(const Tensor& value) const {
  if (!enabled()) return value;
  return value + ops::matmul(a_.value(), b_.value()) * (alpha_ / static_cast<double>(rank_));
}

void Lora::clear() const {
  for (const Variable& factor : {a_, b_}) {
    if (factor.defined()) factor.assign(ops::zeros(factor.shape(), factor.dtype()));
  }
}

void set_lora_config(Config& config, const Lora& lora, std::optional<std::int64_t> rank, std::optional<double> alpha) {
  if (lora.enabled()) {
    rank = lora.rank();
    alpha = lora.alpha();
  }
  if (!rank) return;
  const double number = alpha.value_or(static_cast<double>(*rank));
  config.set("lora_rank", *rank);
  // Keras writes a whole alpha as an integer.
  config.set("lora_alpha", std::floor(number) == number ? Config(static_cast<std::int64_t>(number)) : Config(number));
}

}  // namespace cornu
