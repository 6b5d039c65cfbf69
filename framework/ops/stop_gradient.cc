#include "framework/ops/stop_gradient.h"

#include "framework/operation.h"

namespace cornu::ops {
namespace {

TensorSpecs infer_stop_gradient(std::span<const TensorSpec> inputs, const Attributes&) { return {inputs[0]}; }

Tensors no_gradient(const Node&, const Tensors&) { return {Tensor()}; }

const Operation& kStopGradient = register_operation(
    {.name = "stop_gradient", .infer = infer_stop_gradient, .gradient = no_gradient, .is_view = true});

}  // namespace

Tensor stop_gradient(const Tensor& x) { return apply_single(kStopGradient, {x}); }

}  // namespace cornu::ops
