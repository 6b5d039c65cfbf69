#include "framework/ops/rounding.h"

#include "framework/graph/node.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/elementwise.h"

namespace cornu::ops {
namespace {

Tensors no_slope(const Node&, const Tensors& g) { return {zeros_like(g[0])}; }

const Operation& kFloor = register_elementwise("floor", no_slope);
const Operation& kCeil = register_elementwise("ceil", no_slope);
const Operation& kRound = register_elementwise("round", no_slope);
const Operation& kTrunc = register_elementwise("trunc", no_slope);

}  // namespace

Tensor floor(const Tensor& x) { return apply_floating(kFloor, {x}); }
Tensor ceil(const Tensor& x) { return apply_floating(kCeil, {x}); }
Tensor round(const Tensor& x) { return apply_floating(kRound, {x}); }
Tensor trunc(const Tensor& x) { return apply_floating(kTrunc, {x}); }

}  // namespace cornu::ops
