#include "layers/attention/additive_attention.h"

#include "framework/ops/activation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "layers/axis_argument.h"
#include "layers/config_fields.h"
#include "layers/registry.h"

namespace cornu::layers {

AdditiveAttention::AdditiveAttention(const AdditiveAttentionOptions& options) : Shared(options) {}

AdditiveAttentionLayer::AdditiveAttentionLayer(const AdditiveAttentionOptions& options)
    : AttentionLayer("AdditiveAttention", {.use_scale = options.use_scale,
                                           .dropout = options.dropout,
                                           .seed = options.seed,
                                           .name = options.name,
                                           .trainable = options.trainable,
                                           .dtype = options.dtype}) {}

void AdditiveAttentionLayer::build(const Shapes& inputs) {
  check_number_of_inputs(inputs.size());
  if (options().use_scale) scale_ = add_weight("scale", sizes_along(inputs[0], {inputs[0].rank() - 1}, describe()));
}

Tensor AdditiveAttentionLayer::scores(const Tensor& query, const Tensor& key) const {
  const Tensor features = ops::tanh(ops::expand_dims(query, -2) + ops::expand_dims(key, -3));
  return ops::sum(scale_.defined() ? compute_value(scale_) * features : features, {.axis = -1});
}

Config AdditiveAttentionLayer::config() const {
  Config config = AttentionLayer::config();
  config.erase("score_mode");
  return config;
}

namespace {

const bool kRegistered = register_layer("AdditiveAttention", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return AdditiveAttention({.use_scale = config.get_bool("use_scale", true),
                            .dropout = config.get_double("dropout", 0.0),
                            .seed = optional_int(config, "seed"),
                            .name = settings.name,
                            .trainable = settings.trainable,
                            .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
