#include "layers/activations/softmax.h"

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/comparison.h"
#include "framework/ops/exponential.h"
#include "framework/ops/reduce.h"
#include "framework/ops/softmax.h"
#include "framework/ops/where.h"
#include "layers/registry.h"

namespace cornu::layers {

Softmax::Softmax(const SoftmaxOptions& options) : Shared(options) {}

SoftmaxLayer::SoftmaxLayer(const SoftmaxOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}), axis_(options.axis) {
  set_supports_masking(true);
}

Outputs SoftmaxLayer::call(const Inputs& inputs, const CallContext& context) {
  Tensor x = inputs[0];
  Tensor mask = context.mask();
  if (mask.defined()) {
    const Shape& shape = x.shape();
    bool fits = mask.rank() <= shape.rank();
    for (std::int64_t axis = -1; fits && axis >= -mask.rank(); --axis) {
      const std::int64_t size = mask.shape()[axis];
      fits = size == 1 || size == kUnknown || shape[axis] == kUnknown || size == shape[axis];
    }
    if (!fits) {
      throw ShapeError(describe() + ": expected a mask that broadcasts to the input of shape " + shape.to_string() +
                           "; got one of shape " + mask.shape().to_string() + ". Give the call a mask of its own.",
                       name());
    }
    if (mask.dtype() != boolean) mask = mask > 0.5;
    // float16 ends at 65504.
    x = ops::where(mask, x, x.dtype() == float16 ? -3e4 : -1e9);
  }
  const std::vector<std::int64_t> axes = axis_.resolved(x.shape(), describe());
  Tensor y =
      axes.size() == 1 ? ops::softmax(x, axes[0]) : ops::exp(x - ops::logsumexp(x, {.axis = axes, .keepdims = true}));
  if (mask.defined()) y = ops::where(mask, y, 0.0);
  return y;
}

Config SoftmaxLayer::config() const {
  Config config = Layer::config();
  config.set("axis", axis_.config());
  return config;
}

namespace {

const bool kRegistered = register_layer("Softmax", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  return Softmax({.axis = AxisArgument::from_config(config.get("axis"), -1),
                  .name = settings.name,
                  .trainable = settings.trainable,
                  .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
