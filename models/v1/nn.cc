#include "models/v1/nn.h"

#include "framework/ops/activation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/bias_add.h"
#include "framework/ops/comparison.h"
#include "framework/ops/conv.h"
#include "framework/ops/cross_entropy.h"
#include "framework/ops/exponential.h"
#include "framework/ops/l2_normalize.h"
#include "framework/ops/pool.h"
#include "framework/ops/reduce.h"
#include "framework/ops/softmax.h"
#include "framework/ops/where.h"
#include "models/v1/array_ops.h"
#include "models/v1/errors.h"
#include "models/v1/make_operation.h"
#include "models/v1/random_ops.h"

namespace cornu::v1::nn {
namespace {

Tensor activation(const char* type, const std::string& name, const Tensor& x,
                  const std::function<cornu::Tensor(const cornu::Tensor&)>& function,
                  Accepts accepts = Accepts::kFractions) {
  return make_single({.type = type, .default_name = type, .parameters = {"features"}, .accepts = accepts}, name, {x},
                     [function](const cornu::Tensors& in) { return function(in[0]); });
}

std::string padding_of(const std::string& padding, const char* who) {
  if (padding == "SAME") return "same";
  if (padding == "VALID") return "valid";
  throw errors::ValueError(std::string(who) + ": padding must be \"SAME\" or \"VALID\"; got \"" + padding + "\"");
}

// The two inner numbers of four.
std::vector<std::int64_t> spatial(const std::vector<std::int64_t>& all, const char* what, const char* who) {
  if (all.size() != 4 || all[0] != 1 || all[3] != 1) {
    throw errors::ValueError(std::string(who) + ": expected " + what +
                             " of the form (1, height, width, 1), for (batch, height, width, channels)");
  }
  return {all[1], all[2]};
}

using PoolFunction = cornu::Tensor (*)(const cornu::Tensor&, const std::vector<std::int64_t>&, const ops::PoolOptions&);

}  // namespace

Tensor relu(const Tensor& features, const std::string& name) {
  return activation("Relu", name, features, ops::relu, Accepts::kNumbers);
}
Tensor relu6(const Tensor& features, const std::string& name) {
  return activation("Relu6", name, features, [](const cornu::Tensor& x) { return ops::clip(x, 0.0, 6.0); });
}
Tensor elu(const Tensor& features, const std::string& name) {
  return activation("Elu", name, features, [](const cornu::Tensor& x) {
    return ops::where(ops::greater(x, 0.0), x, ops::expm1(ops::minimum(x, 0.0)));
  });
}
Tensor leaky_relu(const Tensor& features, double alpha, const std::string& name) {
  return activation("LeakyRelu", name, features,
                    [alpha](const cornu::Tensor& x) { return ops::maximum(x, x * alpha); });
}
Tensor softplus(const Tensor& features, const std::string& name) {
  return activation("Softplus", name, features, ops::softplus);
}
Tensor sigmoid(const Tensor& x, const std::string& name) { return v1::sigmoid(x, name); }
Tensor tanh(const Tensor& x, const std::string& name) { return v1::tanh(x, name); }
Tensor softmax(const Tensor& logits, const std::string& name) {
  return activation("Softmax", name, logits, [](const cornu::Tensor& x) { return ops::softmax(x); });
}
Tensor log_softmax(const Tensor& logits, const std::string& name) {
  return activation("LogSoftmax", name, logits, [](const cornu::Tensor& x) { return ops::log_softmax(x); });
}

Tensor bias_add(const Tensor& value, const Tensor& bias, const std::string& name) {
  return make_single(
      {.type = "BiasAdd", .default_name = "BiasAdd", .parameters = {"value", "bias"}, .same_dtypes = true}, name,
      {value, bias}, [](const cornu::Tensors& in) {
        if (in[0].rank() < 2 || in[1].rank() != 1) {
          throw ShapeError("BiasAdd: expected a value of rank 2 at least and a bias of rank 1; got shapes " +
                           in[0].shape().to_string() + " and " + in[1].shape().to_string());
        }
        return ops::bias_add(in[0], in[1]);
      });
}

Tensor l2_loss(const Tensor& t, const std::string& name) {
  return make_single({.type = "L2Loss", .default_name = "L2Loss", .parameters = {"t"}, .accepts = Accepts::kFractions},
                     name, {t}, [](const cornu::Tensors& in) { return ops::sum(ops::square(in[0])) * 0.5; });
}

Tensor l2_normalize(const Tensor& x, std::int64_t axis, const std::string& name) {
  return make_single({.type = "L2Normalize", .default_name = "l2_normalize", .parameters = {"x"}}, name, {x},
                     [axis](const cornu::Tensors& in) { return ops::l2_normalize(in[0], axis); });
}

Tensor softmax_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits, const std::string& name) {
  return make_single({.type = "SoftmaxCrossEntropyWithLogits",
                      .default_name = "softmax_cross_entropy_with_logits",
                      .parameters = {"features", "labels"},
                      .same_dtypes = true},
                     name, {logits, labels},
                     [](const cornu::Tensors& in) { return ops::softmax_cross_entropy(in[0], in[1]); });
}

Tensor sparse_softmax_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits, const std::string& name) {
  return make_single({.type = "SparseSoftmaxCrossEntropyWithLogits",
                      .default_name = "SparseSoftmaxCrossEntropyWithLogits",
                      .parameters = {"features", "labels"}},
                     name, {logits, labels},
                     [](const cornu::Tensors& in) { return ops::sparse_softmax_cross_entropy(in[0], in[1]); });
}

Tensor sigmoid_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits, const std::string& name) {
  // max(x, 0) - x z + log(1 + exp(-|x|)) overflows for no x.
  return make_single({.type = "SigmoidCrossEntropyWithLogits",
                      .default_name = "logistic_loss",
                      .parameters = {"logits", "labels"},
                      .same_dtypes = true},
                     name, {logits, labels}, [](const cornu::Tensors& in) {
                       return ops::relu(in[0]) - in[0] * in[1] + ops::softplus(ops::negative(ops::absolute(in[0])));
                     });
}

Tensor conv2d(const Tensor& input, const Tensor& filter, const std::vector<std::int64_t>& strides,
              const std::string& padding, const std::string& name) {
  const ops::ConvOptions options{.strides = spatial(strides, "strides", "conv2d"),
                                 .padding = padding_of(padding, "conv2d")};
  return make_single(
      {.type = "Conv2D", .default_name = "Conv2D", .parameters = {"input", "filter"}, .same_dtypes = true}, name,
      {input, filter}, [options](const cornu::Tensors& in) { return ops::conv(in[0], in[1], options); });
}

namespace {

Tensor pool(const char* type, const char* who, const Tensor& value, const std::vector<std::int64_t>& ksize,
            const std::vector<std::int64_t>& strides, const std::string& padding, const std::string& name,
            PoolFunction function) {
  const std::vector<std::int64_t> size = spatial(ksize, "ksize", who);
  const ops::PoolOptions options{.strides = spatial(strides, "strides", who), .padding = padding_of(padding, who)};
  return make_single({.type = type, .default_name = type, .parameters = {"value"}}, name, {value},
                     [=](const cornu::Tensors& in) { return function(in[0], size, options); });
}

}  // namespace

Tensor max_pool(const Tensor& value, const std::vector<std::int64_t>& ksize, const std::vector<std::int64_t>& strides,
                const std::string& padding, const std::string& name) {
  return pool("MaxPool", "max_pool", value, ksize, strides, padding, name, ops::max_pool);
}

Tensor avg_pool(const Tensor& value, const std::vector<std::int64_t>& ksize, const std::vector<std::int64_t>& strides,
                const std::string& padding, const std::string& name) {
  return pool("AvgPool", "avg_pool", value, ksize, strides, padding, name, ops::average_pool);
}

Tensor dropout(const Tensor& x, double rate, std::optional<std::int64_t> seed, const std::string& name) {
  if (!(rate >= 0.0 && rate < 1.0)) {
    throw errors::ValueError("dropout: rate must be in [0, 1); got " + std::to_string(rate));
  }
  if (rate == 0.0) return identity(x, name);
  return random_dropout(x, rate, seed, name);
}

Tensor embedding_lookup(const Tensor& params, const Tensor& ids, const std::string& name) {
  return gather(params, ids, name.empty() ? "embedding_lookup" : name);
}

}  // namespace cornu::v1::nn
