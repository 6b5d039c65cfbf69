#pragma once

#include <optional>
#include <string>

#include "layers/shared.h"

namespace cornu::layers {

/// Options of Attention, in Keras' order.
struct AttentionOptions {
  bool use_scale = false;                 ///< scale the scores by a trained number
  std::string score_mode = "dot";         ///< "dot", or "concat": `sum(tanh(query + key))`
  double dropout = 0.0;                   ///< rate at which attention weights are dropped in training, in [0, 1)
  std::optional<std::int64_t> seed = {};  ///< of the dropout
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class AttentionLayer;

/// Dot-product attention (Luong): each query takes a mean of the values, weighted by how well it fits their keys.
///
/// `softmax(query · keyᵀ) · value`.
///
/// **Inputs**: query `(batch, Tq, dim)`, value `(batch, Tv, dim)`, and the key `(batch, Tv, dim)` where it is not the
/// value. Masks: that of the query sets outputs to zero and travels on, that of the value hides values.
/// **Arguments**: `use_causal_mask`: position i sees positions up to i; `return_attention_scores`: the weights
/// `(batch, Tq, Tv)` are a second output.
/// **Output**: `(batch, Tq, dim of value)`. **Weights**: scale `()` with `use_scale`, concat_score_weight `()` with
/// "concat".
/// **Throws** InvalidArgument for an unknown `score_mode`, a rate outside [0, 1), and one input or more than three.
/// **See**: Luong, Pham and Manning (2015); `keras.layers.Attention`.
///
/// ```cpp
/// Attention attention;
/// Tensor context = attention({query, value}, {.arguments = {{"use_causal_mask", true}}});
/// ```
class Attention : public Shared<AttentionLayer> {
 public:
  explicit Attention(const AttentionOptions& options = {});
};

/// Body of Attention.
class AttentionLayer : public Layer {
 public:
  explicit AttentionLayer(const AttentionOptions& options);
  Config config() const override;

 protected:
  AttentionLayer(const std::string& class_name, const AttentionOptions& options);
  void build(const Shapes& inputs) override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;
  Tensors compute_mask(const Inputs& inputs, const Tensors& masks) override;

  /// How well each query fits each key: `(batch, Tq, Tv)`.
  virtual Tensor scores(const Tensor& query, const Tensor& key) const;
  /// **Throws** InvalidArgument unless there are two or three.
  void check_number_of_inputs(std::size_t number) const;

  const AttentionOptions& options() const { return options_; }

 private:
  AttentionOptions options_;
  Variable scale_;
  Variable concat_score_weight_;
};

}  // namespace cornu::layers
