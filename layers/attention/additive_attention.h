#pragma once

#include "layers/attention/attention.h"

namespace cornu::layers {

/// Options of AdditiveAttention, in Keras' order.
struct AdditiveAttentionOptions {
  bool use_scale = true;                  ///< weigh the features by a trained vector
  double dropout = 0.0;                   ///< rate at which attention weights are dropped in training, in [0, 1)
  std::optional<std::int64_t> seed = {};  ///< of the dropout
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class AdditiveAttentionLayer;

/// Additive attention (Bahdanau): `softmax(sum(scale * tanh(query + key))) · value`.
///
/// **Inputs, Arguments, Output**: as for `Attention`. **Weights**: scale `(dim,)` with `use_scale`.
/// **Throws** InvalidArgument for a rate outside [0, 1), and one input or more than three.
/// **See**: Bahdanau, Cho and Bengio (2015); `keras.layers.AdditiveAttention`.
class AdditiveAttention : public Shared<AdditiveAttentionLayer> {
 public:
  explicit AdditiveAttention(const AdditiveAttentionOptions& options = {});
};

/// Body of AdditiveAttention.
class AdditiveAttentionLayer : public AttentionLayer {
 public:
  explicit AdditiveAttentionLayer(const AdditiveAttentionOptions& options);
  Config config() const override;

 protected:
  void build(const Shapes& inputs) override;
  Tensor scores(const Tensor& query, const Tensor& key) const override;

 private:
  Variable scale_;
};

}  // namespace cornu::layers
