#include "layers/attention/multi_head_attention.h"

#include <cmath>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/einsum.h"
#include "framework/ops/exponential.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/softmax.h"
#include "framework/ops/where.h"
#include "layers/attention/attention_equations.h"
#include "layers/attention/attention_mask.h"
#include "layers/config_fields.h"
#include "layers/core/einsum_dense.h"
#include "layers/layer_title.h"
#include "layers/registry.h"
#include "layers/regularization/dropout.h"

namespace cornu::layers {

MultiHeadAttention::MultiHeadAttention(std::int64_t num_heads, std::int64_t key_dim,
                                       const MultiHeadAttentionOptions& options)
    : Shared(num_heads, key_dim, options) {}

MultiHeadAttentionLayer::MultiHeadAttentionLayer(std::int64_t num_heads, std::int64_t key_dim,
                                                 const MultiHeadAttentionOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
      num_heads_(num_heads),
      key_dim_(key_dim),
      value_dim_(options.value_dim.value_or(key_dim)),
      options_(options) {
  const std::string who = layer_title("MultiHeadAttention", options.name);
  const auto check = [&](std::int64_t value, const char* argument) {
    if (value < 1)
      throw InvalidArgument(who + ": " + argument + " must be positive; got " + std::to_string(value),
                            path_in_title(who));
  };
  check(num_heads_, "num_heads");
  check(key_dim_, "key_dim");
  check(value_dim_, "value_dim");
  check(options.sliding_window.value_or(1), "sliding_window");
  if (options.dropout < 0.0 || options.dropout >= 1.0) {
    throw InvalidArgument(who + ": dropout must be in [0, 1); got " + std::to_string(options.dropout),
                          path_in_title(who));
  }
  if (options.flash_attention.value_or(false) && options.dropout > 0.0) {
    throw InvalidArgument(who + ": dropout is not supported when flash attention is enabled; set dropout to 0",
                          path_in_title(who));
  }
  set_supports_masking(true);
  name_attribute(query_dense_, "query_dense");
  name_attribute(key_dense_, "key_dense");
  name_attribute(gate_dense_, "_gate_dense");
  name_attribute(value_dense_, "value_dense");
  name_attribute(dropout_layer_, "_dropout_layer");
  name_attribute(output_dense_, "output_dense");
}

AnyLayer MultiHeadAttentionLayer::projection(const std::string& name, const std::string& equation,
                                             std::vector<std::int64_t> output_shape, const std::string& bias_axes,
                                             const char* activation) const {
  return EinsumDense(equation, Shape(std::move(output_shape)),
                     {.activation = activation,
                      .bias_axes = options_.use_bias ? bias_axes : "",
                      .kernel_initializer = options_.kernel_initializer,
                      .bias_initializer = options_.bias_initializer,
                      .kernel_regularizer = options_.kernel_regularizer,
                      .bias_regularizer = options_.bias_regularizer,
                      .kernel_constraint = options_.kernel_constraint,
                      .bias_constraint = options_.bias_constraint,
                      .activity_regularizer = options_.activity_regularizer,
                      .name = name,
                      .dtype = options_.dtype});
}

AnyLayer MultiHeadAttentionLayer::projection_to_heads(const std::string& name, const Shape& input,
                                                      std::int64_t head_dim, const char* activation) const {
  const ProjectionEquation equation = projection_equation(input.rank() - 1, 1, 2);
  std::vector<std::int64_t> shape(static_cast<std::size_t>(input.rank() - 2), kUnknown);
  shape.push_back(num_heads_);
  shape.push_back(head_dim);
  return projection(name, equation.equation, std::move(shape), equation.bias_axes, activation);
}

AnyLayer MultiHeadAttentionLayer::projection_to_output(const Shape& query) const {
  std::vector<std::int64_t> features = options_.output_shape;
  if (features.empty()) features = {query.back()};
  const ProjectionEquation equation =
      projection_equation(query.rank() - 1, 2, static_cast<std::int64_t>(features.size()));
  std::vector<std::int64_t> shape(static_cast<std::size_t>(query.rank() - 2), kUnknown);
  shape.insert(shape.end(), features.begin(), features.end());
  return projection("attention_output", equation.equation, std::move(shape), equation.bias_axes);
}

void MultiHeadAttentionLayer::build(const Shapes& inputs) {
  if (inputs.size() != 2 && inputs.size() != 3) {
    throw InvalidArgument(describe() + ": expected 2 or 3 inputs, {query, value} or {query, value, key}; got " +
                              std::to_string(inputs.size()),
                          name());
  }
  const Shape& query = inputs[0];
  const Shape& value = inputs[1];
  const Shape& key = inputs.back();
  if (value.rank() < 3 || query.rank() < 3 || key.rank() != value.rank() ||
      !value.slice(1, -1).is_compatible_with(key.slice(1, -1))) {
    throw ShapeError(
        describe() +
            ": expected inputs of rank 3 or more, and value and key equal in all dimensions but the last; got query " +
            query.to_string() + ", value " + value.to_string() + " and key " + key.to_string(),
        name());
  }
  query_dense_ = projection_to_heads("query", query, key_dim_);
  key_dense_ = projection_to_heads("key", key, key_dim_);
  if (options_.use_gate) gate_dense_ = projection_to_heads("gate", query, value_dim_, "sigmoid");
  value_dense_ = projection_to_heads("value", value, value_dim_);
  if (options_.dropout > 0.0)
    dropout_layer_ = Dropout(options_.dropout, {.seed = options_.seed, .dtype = options_.dtype});
  output_dense_ = projection_to_output(query);

  const std::int64_t rank = value.rank() + 1;
  std::vector<std::int64_t>& axes = options_.attention_axes;
  if (axes.empty()) {
    for (std::int64_t axis = 1; axis < rank - 2; ++axis) axes.push_back(axis);
  }
  for (std::int64_t& axis : axes) axis = axis < 0 ? rank - 1 + axis : axis;
  const AttentionEquations equations = attention_equations(rank, axes);
  scores_equation_ = equations.scores;
  combine_equation_ = equations.combine;

  query_dense_->build_for({query});
  key_dense_->build_for({key});
  if (gate_dense_.defined()) gate_dense_->build_for({query});
  value_dense_->build_for({value});
  output_dense_->build_for({query.slice(0, -1).concatenated({num_heads_, value_dim_})});
}

Tensor MultiHeadAttentionLayer::mask_of(const Inputs& inputs, const CallContext& context) const {
  const auto of_keys = [&](const char* argument, const Tensor& travelling) {
    const Tensor mask = context.has(argument) ? context.tensor(argument) : travelling;
    return mask.defined() ? ops::expand_dims(ops::cast(mask, DType::kBool), -2) : Tensor();
  };
  Tensor mask;
  if (context.mask(0).defined()) mask = ops::expand_dims(ops::cast(context.mask(0), DType::kBool), -1);
  mask = both(mask, of_keys("value_mask", context.mask(1)));
  mask = both(mask, of_keys("key_mask", context.mask(2)));
  if (context.flag("use_causal_mask")) mask = both(mask, causal_mask(inputs[0], inputs[1]));
  if (options_.sliding_window) mask = both(mask, sliding_window_mask(inputs[0], inputs[1], *options_.sliding_window));
  const Tensor given = context.tensor("attention_mask");
  return both(given.defined() ? ops::cast(given, DType::kBool) : Tensor(), mask);
}

Tensor MultiHeadAttentionLayer::weights_of(const Tensor& scores, Tensor mask, bool zero_where_masked) const {
  const auto num_axes = static_cast<std::int64_t>(options_.attention_axes.size());
  // The shorter way computes the softmax in float32 or wider.
  const DType dtype = zero_where_masked ? scores.dtype() : result_type({{scores.dtype()}, {DType::kFloat32}});
  Tensor logits = ops::cast(scores, dtype);
  if (mask.defined()) {
    // The missing axes are those of the heads and of what is not attended along.
    while (mask.rank() < scores.rank()) mask = ops::expand_dims(mask, -2 * num_axes - 1);
    logits = ops::where(mask, logits, ops::full({}, large_negative(logits.dtype()), logits.dtype()));
  }
  Tensor weights;
  if (num_axes == 1) {
    weights = ops::softmax(logits);
  } else {
    std::vector<std::int64_t> axes;
    for (std::int64_t axis = -num_axes; axis < 0; ++axis) axes.push_back(axis);
    weights = ops::exp(logits - ops::logsumexp(logits, {.axis = axes, .keepdims = true}));
  }
  if (mask.defined() && zero_where_masked) weights = ops::where(mask, weights, ops::zeros({}, weights.dtype()));
  return ops::cast(weights, scores.dtype());
}

Outputs MultiHeadAttentionLayer::call(const Inputs& inputs, const CallContext& context) {
  const bool return_scores = context.flag("return_attention_scores");
  if (return_scores && options_.flash_attention.value_or(false)) {
    throw InvalidArgument(describe() + ": returning attention scores is not supported when flash attention is enabled",
                          name());
  }
  const Tensor mask = mask_of(inputs, context);
  const Tensor query = Tensor(query_dense_(inputs[0])) * (1.0 / std::sqrt(static_cast<double>(key_dim_)));
  const Tensor key = key_dense_(inputs[inputs.size() > 2 ? 2 : 1]);
  const Tensor value = value_dense_(inputs[1]);
  // Keras has two ways to compute this. They differ in queries that may look nowhere: here their weights are zero, in
  // the shorter one for plain sequences they are all equal.
  const bool zero_where_masked = options_.dropout > 0.0 || return_scores || query.rank() != 4;
  const Tensor weights = weights_of(ops::einsum(scores_equation_, {key, query}), mask, zero_where_masked);
  const Tensor kept = dropout_layer_.defined() ? Tensor(dropout_layer_(weights)) : weights;
  Tensor heads = ops::einsum(combine_equation_, {kept, value});
  if (gate_dense_.defined()) heads = heads * Tensor(gate_dense_(inputs[0]));
  const Tensor y = output_dense_(heads);
  if (return_scores) return Tensors{y, weights};
  return y;
}

Config MultiHeadAttentionLayer::config() const {
  const auto list_or_null = [](const std::vector<std::int64_t>& values) {
    return values.empty() ? Config() : Config(values);
  };
  Config config = Layer::config();
  config.set("num_heads", num_heads_);
  config.set("key_dim", key_dim_);
  config.set("value_dim", value_dim_);
  config.set("dropout", options_.dropout);
  config.set("use_bias", options_.use_bias);
  config.set("use_gate", options_.use_gate);
  config.set("output_shape", list_or_null(options_.output_shape));
  config.set("attention_axes", list_or_null(options_.attention_axes));
  config.set("sliding_window", config_of(options_.sliding_window));
  config.set("kernel_initializer", options_.kernel_initializer.serialized());
  config.set("bias_initializer", options_.bias_initializer.serialized());
  config.set("kernel_regularizer", options_.kernel_regularizer.serialized());
  config.set("bias_regularizer", options_.bias_regularizer.serialized());
  config.set("activity_regularizer", options_.activity_regularizer.serialized());
  config.set("kernel_constraint", options_.kernel_constraint.serialized());
  config.set("bias_constraint", options_.bias_constraint.serialized());
  config.set("seed", config_of(options_.seed));
  return config;
}

namespace {

const bool kRegistered = register_layer("MultiHeadAttention", [](const Config& config) -> AnyLayer {
  // Keras writes one number as it was given.
  const auto list = [&](const char* key) -> std::vector<std::int64_t> {
    if (config.get(key).is_list()) return config.get(key).as_ints();
    return config.get(key).is_number() ? std::vector<std::int64_t>{config.get(key).as_int()}
                                       : std::vector<std::int64_t>{};
  };
  const LayerSettings settings = Layer::settings_from(config);
  return MultiHeadAttention(config.at("num_heads").as_int(), config.at("key_dim").as_int(),
                            {.value_dim = optional_int(config, "value_dim"),
                             .dropout = config.get_double("dropout", 0.0),
                             .use_bias = config.get_bool("use_bias", true),
                             .output_shape = list("output_shape"),
                             .attention_axes = list("attention_axes"),
                             .sliding_window = optional_int(config, "sliding_window"),
                             .kernel_initializer = Initializer::from_config(config.get("kernel_initializer")),
                             .bias_initializer = Initializer::from_config(config.get("bias_initializer")),
                             .kernel_regularizer = Regularizer::from_config(config.get("kernel_regularizer")),
                             .bias_regularizer = Regularizer::from_config(config.get("bias_regularizer")),
                             .activity_regularizer = settings.activity_regularizer,
                             .kernel_constraint = Constraint::from_config(config.get("kernel_constraint")),
                             .bias_constraint = Constraint::from_config(config.get("bias_constraint")),
                             .use_gate = config.get_bool("use_gate", false),
                             .seed = optional_int(config, "seed"),
                             .name = settings.name,
                             .trainable = settings.trainable,
                             .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
