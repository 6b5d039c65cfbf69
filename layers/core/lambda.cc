#include "layers/core/lambda.h"

#include "framework/error.h"

namespace cornu::layers {

Lambda::Lambda(Function function, const LambdaOptions& options) : Shared(std::move(function), options) {}

Lambda::Lambda(Tensor (*function)(const Tensor& x), const LambdaOptions& options)
    : Lambda([function](const Inputs& x, const CallContext&) -> Outputs { return function(x[0]); }, options) {}

LambdaLayer::LambdaLayer(Lambda::Function function, const LambdaOptions& options)
    : Layer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
      function_(std::move(function)) {
  if (!function_) throw InvalidArgument("Lambda '" + name() + "': expected a function; got an empty one", name());
  set_supports_masking(options.supports_masking);
}

Outputs LambdaLayer::call(const Inputs& inputs, const CallContext& context) { return function_(inputs, context); }

}  // namespace cornu::layers
