#include "layers/core/embedding.h"

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/take.h"
#include "layers/config_fields.h"
#include "layers/registry.h"

namespace cornu::layers {

Embedding::Embedding(std::int64_t input_dim, std::int64_t output_dim, const EmbeddingOptions& options)
    : Shared(input_dim, output_dim, options) {}

EmbeddingLayer::EmbeddingLayer(std::int64_t input_dim, std::int64_t output_dim, const EmbeddingOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
      input_dim_(input_dim),
      output_dim_(output_dim),
      options_(options) {
  const auto check = [this](std::int64_t size, const char* argument) {
    if (size > 0) return;
    throw InvalidArgument("Embedding '" + name() + "': " + argument + " must be positive; got " + std::to_string(size),
                          name());
  };
  check(input_dim, "input_dim");
  check(output_dim, "output_dim");
  set_supports_masking(options.mask_zero);
  // Indices given as floats stay exact under a policy of low precision.
  set_autocast(false);
}

void EmbeddingLayer::build(const Shapes&) {
  embeddings_ = add_weight("embeddings", {input_dim_, output_dim_},
                           {.initializer = options_.embeddings_initializer,
                            .regularizer = options_.embeddings_regularizer,
                            .constraint = options_.embeddings_constraint});
  if (options_.weights.defined()) embeddings_.assign(options_.weights);
  if (options_.lora_rank) enable_lora(*options_.lora_rank, options_.lora_alpha);
}

void EmbeddingLayer::enable_lora(std::int64_t rank, std::optional<double> alpha) {
  lora_.enable(describe(), embeddings_,
               {.regularizer = options_.embeddings_regularizer, .constraint = options_.embeddings_constraint}, rank,
               alpha, [this](const std::string& name, const Shape& shape, const WeightOptions& options) {
                 return add_weight(name, shape, options);
               });
}

Variables EmbeddingLayer::stored_variables() const {
  Variables list = Layer::stored_variables();
  std::erase_if(list, [this](const Variable& variable) { return lora_.is_factor(variable); });
  return list;
}

Tensor EmbeddingLayer::stored_value(const Variable& variable) const {
  return variable == embeddings_ ? lora_.merged(embeddings_.snapshot()) : variable.snapshot();
}

Outputs EmbeddingLayer::call(const Inputs& inputs, const CallContext&) {
  const bool is_index = inputs[0].dtype() == int32 || inputs[0].dtype() == int64;
  const Tensor indices = is_index ? inputs[0] : ops::cast(inputs[0], int32);
  // Rows are taken first: casting or adapting the whole table would cost more than the rows of a batch.
  return ops::cast(ops::take(lora_.merged(embeddings_.value()), indices, 0), compute_dtype());
}

Tensors EmbeddingLayer::compute_mask(const Inputs& inputs, const Tensors&) {
  if (!options_.mask_zero) return {};
  return {ops::not_equal(inputs[0], 0)};
}

Config EmbeddingLayer::config() const {
  Config config = Layer::config();
  config.set("input_dim", input_dim_);
  config.set("output_dim", output_dim_);
  config.set("embeddings_initializer", options_.embeddings_initializer.serialized());
  config.set("embeddings_regularizer", options_.embeddings_regularizer.serialized());
  config.set("activity_regularizer", nullptr);
  config.set("embeddings_constraint", options_.embeddings_constraint.serialized());
  config.set("mask_zero", options_.mask_zero);
  config.set("quantization_config", nullptr);
  set_lora_config(config, lora_, options_.lora_rank, options_.lora_alpha);
  return config;
}

namespace {

const bool kRegistered = register_layer("Embedding", [](const Config& config) -> AnyLayer {
  refuse_quantization(config, "Embedding");
  const LayerSettings settings = Layer::settings_from(config);
  return Embedding(config.at("input_dim").as_int(), config.at("output_dim").as_int(),
                   {.embeddings_initializer = Initializer::from_config(config.get("embeddings_initializer"), "uniform"),
                    .embeddings_regularizer = Regularizer::from_config(config.get("embeddings_regularizer")),
                    .embeddings_constraint = Constraint::from_config(config.get("embeddings_constraint")),
                    .mask_zero = config.get_bool("mask_zero", false),
                    .lora_rank = optional_int(config, "lora_rank"),
                    .lora_alpha = optional_double(config, "lora_alpha"),
                    .name = settings.name,
                    .trainable = settings.trainable,
                    .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
