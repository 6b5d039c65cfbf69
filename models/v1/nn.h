#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/v1/math_ops.h"
#include "models/v1/tensor.h"

namespace cornu::v1::nn {

/// Neural networks under TensorFlow's names. **See**: functions of the same names in `tf.compat.v1.nn`.
Tensor relu(const Tensor& features, const std::string& name = {});
Tensor relu6(const Tensor& features, const std::string& name = {});
Tensor elu(const Tensor& features, const std::string& name = {});
Tensor leaky_relu(const Tensor& features, double alpha = 0.2, const std::string& name = {});
Tensor softplus(const Tensor& features, const std::string& name = {});
Tensor sigmoid(const Tensor& x, const std::string& name = {});
Tensor tanh(const Tensor& x, const std::string& name = {});
Tensor softmax(const Tensor& logits, const std::string& name = {});
Tensor log_softmax(const Tensor& logits, const std::string& name = {});

/// A vector added along the last axis.
Tensor bias_add(const Tensor& value, const Tensor& bias, const std::string& name = {});
/// Half the sum of squares.
Tensor l2_loss(const Tensor& t, const std::string& name = {});
Tensor l2_normalize(const Tensor& x, std::int64_t axis, const std::string& name = {});
/// `labels` is a distribution: one number a class.
Tensor softmax_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits, const std::string& name = {});
Tensor sparse_softmax_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits,
                                                const std::string& name = {});
Tensor sigmoid_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits, const std::string& name = {});

/// Windows in TensorFlow's form: strides and sizes of all four axes `(batch, height, width, channels)`, of which the
/// first and the last are 1; padding "SAME" or "VALID".
Tensor conv2d(const Tensor& input, const Tensor& filter, const std::vector<std::int64_t>& strides,
              const std::string& padding, const std::string& name = {});
Tensor max_pool(const Tensor& value, const std::vector<std::int64_t>& ksize, const std::vector<std::int64_t>& strides,
                const std::string& padding, const std::string& name = {});
Tensor avg_pool(const Tensor& value, const std::vector<std::int64_t>& ksize, const std::vector<std::int64_t>& strides,
                const std::string& padding, const std::string& name = {});

/// Zero with probability `rate`, else `x / (1 - rate)`.
Tensor dropout(const Tensor& x, double rate, std::optional<std::int64_t> seed = {}, const std::string& name = {});
Tensor embedding_lookup(const Tensor& params, const Tensor& ids, const std::string& name = {});

}  // namespace cornu::v1::nn
