#include "layers/reshaping/permute.h"

#include <algorithm>
#include <numeric>

#include "framework/error.h"
#include "framework/ops/reshape.h"
#include "layers/registry.h"

namespace cornu::layers {

Permute::Permute(const std::vector<std::int64_t>& dims, const PermuteOptions& options) : Shared(dims, options) {}

PermuteLayer::PermuteLayer(const std::vector<std::int64_t>& dims, const PermuteOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}), dims_(dims) {
  std::vector<std::int64_t> expected(dims.size());
  std::iota(expected.begin(), expected.end(), 1);
  if (!std::is_permutation(dims.begin(), dims.end(), expected.begin())) {
    throw InvalidArgument("Permute '" + name() + "': dims must be the numbers from 1 to " +
                              std::to_string(dims.size()) + " in some order; got " + Shape(dims).to_string() +
                              ". The batch, axis 0, stays in front.",
                          name());
  }
  set_input_spec({{.ndim = static_cast<std::int64_t>(dims.size()) + 1}});
}

Outputs PermuteLayer::call(const Inputs& inputs, const CallContext&) {
  std::vector<std::int64_t> permutation{0};
  permutation.insert(permutation.end(), dims_.begin(), dims_.end());
  return ops::transpose(inputs[0], permutation);
}

Config PermuteLayer::config() const {
  Config config = Layer::config();
  config.set("dims", dims_);
  return config;
}

namespace {

const bool kRegistered = register_layer("Permute", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return Permute(config.at("dims").as_ints(),
                 {.name = settings.name, .trainable = settings.trainable, .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
