#pragma once

#include "layers/lora.h"
#include "layers/shared.h"

namespace cornu::layers {

/// Options of Embedding, in Keras' order.
struct EmbeddingOptions {
  Initializer embeddings_initializer = "uniform";
  Regularizer embeddings_regularizer = {};
  Constraint embeddings_constraint = {};
  bool mask_zero = false;                      ///< index 0 is padding, which later layers leave out
  Tensor weights = {};                         ///< first values, `(input_dim, output_dim)`, instead of the initializer
  std::optional<std::int64_t> lora_rank = {};  ///< freeze the table and train low-rank factors of this rank instead
  std::optional<double> lora_alpha = {};  ///< their product is scaled by lora_alpha / lora_rank; lora_rank by default
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class EmbeddingLayer;

/// A learned vector for each of `input_dim` indices, such as words.
///
/// **Inputs**: indices of any shape, integers in [0, input_dim); see `ops::take` for others. Numbers of another dtype
/// are cut to int32. **Output**: `(..., output_dim)`; with `mask_zero` a mask that is false where the index is 0.
/// **Weights**: embeddings `(input_dim, output_dim)`; with LoRA also lora_embeddings_a `(input_dim, rank)` and
/// lora_embeddings_b `(rank, output_dim)`. **Throws** InvalidArgument unless both sizes are positive.
/// **See**: `keras.layers.Embedding`, which forgets a `lora_alpha` given to its constructor.
class Embedding : public Shared<EmbeddingLayer> {
 public:
  explicit Embedding(std::int64_t input_dim, std::int64_t output_dim, const EmbeddingOptions& options = {});
};

/// Body of Embedding.
class EmbeddingLayer : public Layer {
 public:
  EmbeddingLayer(std::int64_t input_dim, std::int64_t output_dim, const EmbeddingOptions& options);
  Config config() const override;
  const Variable& embeddings() const { return embeddings_; }

  /// Freezes the table of a built layer and trains low-rank factors instead (see `Lora`).
  void enable_lora(std::int64_t rank, std::optional<double> alpha = {});
  Variables stored_variables() const override;
  Tensor stored_value(const Variable& variable) const override;
  void stored_values_loaded() override { lora_.clear(); }

 protected:
  void build(const Shapes& inputs) override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;
  Tensors compute_mask(const Inputs& inputs, const Tensors& masks) override;

 private:
  std::int64_t input_dim_;
  std::int64_t output_dim_;
  EmbeddingOptions options_;
  Variable embeddings_;
  Lora lora_;
};

}  // namespace cornu::layers
