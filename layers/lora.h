#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "layers/layer.h"

namespace cornu {

/// Low-rank adaptation of one weight: the weight is frozen, and the product of two narrow matrices, which are trained,
/// is added to it.
///
/// A layer owns one; the factors are weights of the layer. A file holds the sum; after loading both factors are zero.
/// **See**: Hu et al., 2022; `enable_lora` in Keras.
class Lora {
 public:
  using AddWeight = std::function<Variable(const std::string& name, const Shape& shape, const WeightOptions& options)>;

  bool enabled() const { return a_.defined(); }

  /// Makes the factors `lora_<name>_a (..., rank)` and `lora_<name>_b (rank, last)` of `weight` and freezes it.
  /// `alpha / rank` scales their product; alpha is the rank by default.
  /// **Throws** StateError before the weight is built and the second time, InvalidArgument for a rank below 1 or a
  /// constraint on the weight.
  void enable(const std::string& who, const Variable& weight, const WeightOptions& options, std::int64_t rank,
              std::optional<double> alpha, const AddWeight& add_weight);

  /// The weight's value with the scaled product added, where LoRA is enabled.
  Tensor merged(const Tensor& value) const;

  /// Sets both factors to zero, after the merged weight was loaded.
  void clear() const;

  bool is_factor(const Variable& variable) const { return variable == a_ || variable == b_; }
  std::int64_t rank() const { return rank_; }
  double alpha() const { return alpha_; }

 private:
  Variable a_;
  Variable b_;
  std::int64_t rank_ = 0;
  double alpha_ = 0.0;
};

/// Writes Keras' keys for it: of what is enabled, or else of what the options ask for; none without a rank.
void set_lora_config(Config& config, const Lora& lora, std::optional<std::int64_t> rank, std::optional<double> alpha);

}  // namespace cornu
