#include "framework/ops/bias_add.h"

#include "framework/error.h"
#include "framework/operation.h"

namespace cornu::ops {

Tensor bias_add(const Tensor& x, const Tensor& bias) {
  if (bias.rank() != 1) throw ShapeError("bias_add: expected a bias of rank 1; got shape " + bias.shape().to_string());
  if (x.shape().back() != bias.shape()[0] && x.shape().back() != kUnknown && bias.shape()[0] != kUnknown) {
    throw ShapeError("bias_add: expected a bias of shape (" + std::to_string(x.shape().back()) +
                     ",), for values of shape " + x.shape().to_string() + "; got " + bias.shape().to_string());
  }
  return apply_single(operation_named("add"), {x, bias}, {{"adds_bias", true}});
}

}  // namespace cornu::ops
