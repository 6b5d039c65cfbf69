#pragma once

#include "framework/tensor.h"

namespace cornu::ops {

/// Cross-entropy of `softmax(logits)` and the class that each label names: `log(sum(exp(logits))) - logits[label]`.
///
/// Computed without the softmax itself, so that large logits neither overflow nor lose digits.
/// **Inputs** logits `(..., classes)`, floating; labels `(...)`, integers in [0, classes). A label outside gives NaN.
/// **Output** `(...)`, the dtype of the logits.
/// **Throws** ShapeError when the labels do not have the shape of the logits without the last axis; DTypeError for
/// labels that are not integers. **See**: `keras.ops.sparse_categorical_crossentropy` with `from_logits=True`.
Tensor sparse_softmax_cross_entropy(const Tensor& logits, const Tensor& labels);

/// Cross-entropy of `softmax(logits)` and a distribution: `-sum(target * log_softmax(logits))` over the last axis.
///
/// **Inputs** logits and target `(..., classes)`. **Output** `(...)`.
/// **Throws** ShapeError when the shapes do not broadcast.
/// **See**: `keras.ops.categorical_crossentropy` with `from_logits=True`.
Tensor softmax_cross_entropy(const Tensor& logits, const Tensor& target);

}  // namespace cornu::ops
