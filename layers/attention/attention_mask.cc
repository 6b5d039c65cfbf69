#include "layers/attention/attention_mask.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/comparison.h"
#include "framework/ops/range.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/sort.h"

namespace cornu::layers {
namespace {

bool lengths_known(const Tensor& queries, const Tensor& keys) {
  return queries.shape()[1] != kUnknown && keys.shape()[1] != kUnknown;
}

// The positions 0, 1, ... of a sequence whose length is known only when the graph runs, int32 `(length,)`: the order of
// equal numbers, of which there is one for each position.
Tensor positions(const Tensor& sequence) {
  std::vector<std::int64_t> others{0};
  for (std::int64_t axis = 2; axis < sequence.rank(); ++axis) others.push_back(axis);
  return ops::argsort(ops::zeros_like(ops::sum(sequence, {.axis = others})));
}

// Key's position minus query's position, `(1, query length, key length)`.
Tensor distances(const Tensor& queries, const Tensor& keys) {
  return ops::expand_dims(positions(keys), {0, 1}) - ops::expand_dims(positions(queries), {0, 2});
}

// Keys up to `distance` positions after the query's own, `(1, query length, key length)`.
Tensor keys_up_to(std::int64_t distance, const Tensor& queries, const Tensor& keys) {
  return ops::expand_dims(ops::tri(queries.shape()[1], keys.shape()[1], distance, DType::kBool), 0);
}

}  // namespace

Tensor causal_mask(const Tensor& queries, const Tensor& keys) {
  if (lengths_known(queries, keys)) return keys_up_to(0, queries, keys);
  return ops::less_equal(distances(queries, keys), 0);
}

Tensor sliding_window_mask(const Tensor& queries, const Tensor& keys, std::int64_t window) {
  if (lengths_known(queries, keys)) {
    return ops::logical_and(keys_up_to(window - 1, queries, keys),
                            ops::logical_not(keys_up_to(-window, queries, keys)));
  }
  return ops::less(ops::absolute(distances(queries, keys)), window);
}

Tensor both(const Tensor& mask, const Tensor& other) {
  if (!mask.defined()) return other;
  return other.defined() ? ops::logical_and(mask, other) : mask;
}

double large_negative(DType dtype) { return dtype == DType::kFloat16 ? -3e4 : -1e9; }

}  // namespace cornu::layers
