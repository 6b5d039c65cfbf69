#include "layers/attention/attention.h"

#include "framework/error.h"
#include "framework/ops/activation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/matmul.h"
#include "framework/ops/random.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/softmax.h"
#include "framework/ops/where.h"
#include "layers/attention/attention_mask.h"
#include "layers/config_fields.h"
#include "layers/layer_title.h"
#include "layers/registry.h"

namespace cornu::layers {

Attention::Attention(const AttentionOptions& options) : Shared(options) {}

AttentionLayer::AttentionLayer(const AttentionOptions& options) : AttentionLayer("Attention", options) {}

AttentionLayer::AttentionLayer(const std::string& class_name, const AttentionOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}), options_(options) {
  const std::string who = layer_title(class_name, options.name);
  if (options.score_mode != "dot" && options.score_mode != "concat") {
    throw InvalidArgument(who + ": score_mode must be \"dot\" or \"concat\"; got \"" + options.score_mode + "\"",
                          path_in_title(who));
  }
  if (options.dropout < 0.0 || options.dropout >= 1.0) {
    throw InvalidArgument(who + ": dropout must be in [0, 1); got " + std::to_string(options.dropout),
                          path_in_title(who));
  }
  if (options.dropout > 0.0) add_seed_state(options.seed);
}

void AttentionLayer::check_number_of_inputs(std::size_t number) const {
  if (number == 2 || number == 3) return;
  throw InvalidArgument(describe() + ": expected a list of 2 or 3 inputs, {query, value} or {query, value, key}; got " +
                            std::to_string(number),
                        name());
}

void AttentionLayer::build(const Shapes& inputs) {
  check_number_of_inputs(inputs.size());
  if (options_.use_scale) scale_ = add_weight("scale", {}, {.initializer = "ones"});
  if (options_.score_mode == "concat")
    concat_score_weight_ = add_weight("concat_score_weight", {}, {.initializer = "ones"});
}

Tensor AttentionLayer::scores(const Tensor& query, const Tensor& key) const {
  if (options_.score_mode == "dot") {
    const Tensor products = ops::matmul(query, key, {.transpose_y = true});
    return scale_.defined() ? products * compute_value(scale_) : products;
  }
  Tensor sums = ops::expand_dims(query, -2) + ops::expand_dims(key, -3);
  if (scale_.defined()) sums = compute_value(scale_) * sums;
  return compute_value(concat_score_weight_) * ops::sum(ops::tanh(sums), {.axis = -1});
}

Outputs AttentionLayer::call(const Inputs& inputs, const CallContext& context) {
  check_number_of_inputs(inputs.size());
  const Tensor& query = inputs[0];
  const Tensor& value = inputs[1];
  const Tensor& key = inputs.size() > 2 ? inputs[2] : value;
  const Tensor query_mask = context.mask(0);
  const Tensor value_mask = context.mask(1);
  Tensor weights = scores(query, key);
  Tensor mask = value_mask.defined() ? ops::expand_dims(ops::cast(value_mask, DType::kBool), -2) : Tensor();
  if (context.flag("use_causal_mask")) mask = both(mask, causal_mask(query, key));
  if (mask.defined()) weights = ops::where(mask, weights, weights + large_negative(weights.dtype()));
  weights = ops::softmax(weights);
  const bool drop = context.training() && options_.dropout > 0.0;
  if (drop) weights = ops::dropout(weights, options_.dropout, context.random_state());
  Tensor y = ops::matmul(weights, value);
  if (query_mask.defined()) {
    y = ops::where(ops::expand_dims(ops::cast(query_mask, DType::kBool), -1), y, ops::zeros({}, y.dtype()));
  }
  if (context.flag("return_attention_scores")) return Tensors{y, weights};
  return y;
}

Tensors AttentionLayer::compute_mask(const Inputs&, const Tensors& masks) { return {masks[0]}; }

Config AttentionLayer::config() const {
  Config config = Layer::config();
  config.set("use_scale", options_.use_scale);
  config.set("score_mode", options_.score_mode);
  config.set("dropout", options_.dropout);
  config.set("seed", config_of(options_.seed));
  return config;
}

namespace {

const bool kRegistered = register_layer("Attention", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return Attention({.use_scale = config.get_bool("use_scale", false),
                    .score_mode = config.get_string("score_mode", "dot"),
                    .dropout = config.get_double("dropout", 0.0),
                    .seed = optional_int(config, "seed"),
                    .name = settings.name,
                    .trainable = settings.trainable,
                    .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
