#pragma once

#include <optional>
#include <string>
#include <vector>

#include "layers/shared.h"

namespace cornu::layers {

/// Options of MultiHeadAttention, in Keras' order.
struct MultiHeadAttentionOptions {
  std::optional<std::int64_t> value_dim = {};   ///< size of each head for values; key_dim by default
  double dropout = 0.0;                         ///< rate at which attention weights are dropped in training, in [0, 1)
  bool use_bias = true;                         ///< add biases in the projections
  std::vector<std::int64_t> output_shape = {};  ///< what the last axis of the output becomes; the query's by default
  std::vector<std::int64_t> attention_axes = {};    ///< along which is attended; all but batch and features by default
  std::optional<std::int64_t> sliding_window = {};  ///< see only keys less than so many positions away
  std::optional<bool> flash_attention = {};         ///< promise that neither dropout nor scores are wanted
  Initializer kernel_initializer = "glorot_uniform";
  Initializer bias_initializer = "zeros";
  Regularizer kernel_regularizer = {};
  Regularizer bias_regularizer = {};
  Regularizer activity_regularizer = {};  ///< penalty on the output of each projection
  Constraint kernel_constraint = {};
  Constraint bias_constraint = {};
  bool use_gate = false;                  ///< multiply the heads by a sigmoid projection of the query
  std::optional<std::int64_t> seed = {};  ///< of the dropout
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class MultiHeadAttentionLayer;

/// Attention in several heads, each with its own projections of queries, keys and values: the core of a transformer.
///
/// For each head h: `softmax(Q_h · K_hᵀ / sqrt(key_dim)) · V_h`; the heads together are projected to the output.
///
/// **Inputs**: query `(batch, T, dim)`, value `(batch, S, value features)`, and the key `(batch, S, key features)`
/// where it is not the value. Between batch and features there may be several axes (`attention_axes`).
/// **Arguments**: `attention_mask` bool `(batch, T, S)`, true where a query may look; `value_mask`, `key_mask` `(batch,
/// S)`; `use_causal_mask`: position i sees positions up to i; `return_attention_scores`: the weights `(batch, heads, T,
/// S)` are a second output. Masks that travel with the inputs count too; that of the query travels on. As in Keras a
/// `query_mask` argument has no effect: what counts is the mask that travels with the query.
/// **Output**: `(batch, T, dim)`, or `output_shape` in place of dim.
/// **Weights**: of the EinsumDense layers query, key, gate (with `use_gate`), value and attention_output.
/// **Throws** InvalidArgument for arguments outside their range and for another number of inputs than two or three,
/// ShapeError when value and key differ in more than features.
/// **See**: Vaswani et al. (2017), Qiu et al. (2025) for the gate; `keras.layers.MultiHeadAttention`.
///
/// ```cpp
/// MultiHeadAttention attention(8, 64);
/// Tensor y = attention({x, x}, {.arguments = {{"use_causal_mask", true}}});
/// ```
class MultiHeadAttention : public Shared<MultiHeadAttentionLayer> {
 public:
  /// `num_heads`: number of heads; `key_dim`: size of each head for queries and keys.
  MultiHeadAttention(std::int64_t num_heads, std::int64_t key_dim, const MultiHeadAttentionOptions& options = {});
};

/// Body of MultiHeadAttention.
class MultiHeadAttentionLayer : public Layer {
 public:
  MultiHeadAttentionLayer(std::int64_t num_heads, std::int64_t key_dim, const MultiHeadAttentionOptions& options);
  Config config() const override;
  std::vector<std::string> input_names() const override { return {"query", "value", "key"}; }

 protected:
  void build(const Shapes& inputs) override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  AnyLayer projection(const std::string& name, const std::string& equation, std::vector<std::int64_t> output_shape,
                      const std::string& bias_axes, const char* activation = "linear") const;
  AnyLayer projection_to_heads(const std::string& name, const Shape& input, std::int64_t head_dim,
                               const char* activation = "linear") const;
  AnyLayer projection_to_output(const Shape& query) const;
  Tensor mask_of(const Inputs& inputs, const CallContext& context) const;
  Tensor weights_of(const Tensor& scores, Tensor mask, bool zero_where_masked) const;

  std::int64_t num_heads_;
  std::int64_t key_dim_;
  std::int64_t value_dim_;
  MultiHeadAttentionOptions options_;
  std::string scores_equation_;
  std::string combine_equation_;
  // In the order of Keras, which is that of the variables.
  AnyLayer query_dense_;
  AnyLayer key_dense_;
  AnyLayer gate_dense_;
  AnyLayer value_dense_;
  AnyLayer dropout_layer_;
  AnyLayer output_dense_;
};

}  // namespace cornu::layers
