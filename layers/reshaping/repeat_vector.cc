#include "layers/reshaping/repeat_vector.h"

#include "framework/error.h"
#include "framework/ops/repeat.h"
#include "framework/ops/reshape.h"
#include "layers/registry.h"

namespace cornu::layers {

RepeatVector::RepeatVector(std::int64_t n, const RepeatVectorOptions& options) : Shared(n, options) {}

RepeatVectorLayer::RepeatVectorLayer(std::int64_t n, const RepeatVectorOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}), n_(n) {
  if (n < 1)
    throw InvalidArgument("RepeatVector '" + name() + "': n must be positive; got " + std::to_string(n), name());
  set_input_spec({{.ndim = 2}});
}

Outputs RepeatVectorLayer::call(const Inputs& inputs, const CallContext&) {
  return ops::repeat(ops::expand_dims(inputs[0], 1), n_, 1);
}

Config RepeatVectorLayer::config() const {
  Config config = Layer::config();
  config.set("n", n_);
  return config;
}

namespace {

const bool kRegistered = register_layer("RepeatVector", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return RepeatVector(config.at("n").as_int(),
                      {.name = settings.name, .trainable = settings.trainable, .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
