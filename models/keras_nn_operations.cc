// Operations of functional graphs from `keras.src.ops.nn` and `keras.src.ops.image`.

#include <cmath>

#include "framework/error.h"
#include "framework/ops/activation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/conv.h"
#include "framework/ops/cross_entropy.h"
#include "framework/ops/diagonal.h"
#include "framework/ops/einsum.h"
#include "framework/ops/exponential.h"
#include "framework/ops/extract_patches.h"
#include "framework/ops/linalg.h"
#include "framework/ops/pool.h"
#include "framework/ops/reduce.h"
#include "framework/ops/repeat.h"
#include "framework/ops/reshape.h"
#include "framework/ops/resize.h"
#include "framework/ops/softmax.h"
#include "framework/ops/where.h"
#include "layers/activations/functions.h"
#include "layers/data_format.h"
#include "models/keras_operation_settings.h"

namespace cornu {
namespace {

// Keras' `backend.epsilon()`.
constexpr double kEpsilon = 1e-7;

DataFormat data_format_from(const Config& config) { return config.get_string("data_format", "channels_last"); }

// Activations whose only setting is one number.
using ScaledActivation = Tensor (*)(const Tensor& x, double setting);
bool register_activation_operation(const std::string& class_name, ScaledActivation function, const std::string& setting,
                                   double otherwise) {
  return register_keras_operation(class_name, [=](const OperationArguments& a) {
    return function(a.tensor(0, "x"), a.config().get_double(setting, otherwise));
  });
}

// Activations along an axis; along all of them together without one.
using AxisActivation = Tensor (*)(const Tensor& x, std::int64_t axis);
bool register_axis_activation(const std::string& class_name, AxisActivation function) {
  return register_keras_operation(class_name, [=](const OperationArguments& a) -> Outputs {
    const Tensor x = a.tensor(0, "x");
    const Config& axis = a.config().get("axis");
    if (axis.is_integer()) return function(x, axis.as_int());
    if (axis.is_null() && !a.config().contains("axis")) return function(x, -1);
    if (axis.is_null()) return ops::reshape_like(function(ops::reshape(x, {-1}), 0), x);
    throw Unsupported("operation " + a.operation() + ": along several axes at once it is not available", {},
                      a.operation());
  });
}

// ---- convolution and pooling

ops::ConvOptions conv_options(const Config& config) {
  return {.strides = integers_from(config.get("strides")),
          .padding = config.get_string("padding", "valid"),
          .dilation_rate = integers_from(config.get("dilation_rate"))};
}

Outputs conv(const OperationArguments& a) {
  const DataFormat format = data_format_from(a.config());
  const Tensor x = format.to_channels_last(a.tensor(0, "inputs"));
  const Tensor kernel = a.tensor(1, "kernel");
  ops::ConvOptions options = conv_options(a.config());
  // As in Keras the kernel's channels say how many groups there are.
  const std::int64_t channels = x.shape().back();
  const std::int64_t of_kernel = kernel.shape()[kernel.rank() - 2];
  if (channels != kUnknown && of_kernel > 0) options.groups = channels / of_kernel;
  return format.from_channels_last(ops::conv(x, kernel, options));
}

Outputs depthwise_conv(const OperationArguments& a) {
  const DataFormat format = data_format_from(a.config());
  const Tensor x = format.to_channels_last(a.tensor(0, "inputs"));
  return format.from_channels_last(ops::depthwise_conv(x, a.tensor(1, "kernel"), conv_options(a.config())));
}

Outputs separable_conv(const OperationArguments& a) {
  const DataFormat format = data_format_from(a.config());
  const Tensor x = format.to_channels_last(a.tensor(0, "inputs"));
  const Tensor depthwise = ops::depthwise_conv(x, a.tensor(1, "depthwise_kernel"), conv_options(a.config()));
  return format.from_channels_last(ops::conv(depthwise, a.tensor(2, "pointwise_kernel")));
}

using Pool = Tensor (*)(const Tensor& x, const std::vector<std::int64_t>& pool_size, const ops::PoolOptions& options);
bool register_pool(const std::string& class_name, Pool function) {
  return register_keras_operation(class_name, [function](const OperationArguments& a) {
    const DataFormat format = data_format_from(a.config());
    const ops::PoolOptions options{.strides = integers_from(a.config().get("strides")),
                                   .padding = a.config().get_string("padding", "valid")};
    const Tensor x = format.to_channels_last(a.tensor(0, "inputs"));
    return format.from_channels_last(function(x, integers_from(a.config().at("pool_size")), options));
  });
}

// ---- normalization

// float16 and bfloat16 are computed in float32.
DType wide_dtype(const Tensor& x) { return result_type({{x.dtype()}, {DType::kFloat32}}); }

// The moments of low-precision numbers are taken in float32, and returned in the dtype of x.
Outputs moments(const OperationArguments& a) {
  const Tensor x = a.tensor(0, "x");
  const ReduceOptions options{.axis = axes_from(a.config().get("axes")),
                              .keepdims = a.config().get_bool("keepdims", false)};
  const Tensor wide = is_floating(x.dtype()) ? ops::cast(x, wide_dtype(x)) : x;
  const DType dtype = is_floating(x.dtype()) ? x.dtype() : DType::kFloat32;
  return Tensors{ops::cast(ops::mean(wide, options), dtype), ops::cast(ops::var(wide, options), dtype)};
}

// A vector for these axes in the rank of x, to broadcast over the others.
Tensor along_axes(const Tensor& vector, const Tensor& x, const std::vector<std::int64_t>& axes) {
  if (vector.rank() == x.rank() || (axes.size() == 1 && axes[0] == x.rank() - 1)) return vector;
  Shape shape(std::vector<std::int64_t>(static_cast<std::size_t>(x.rank()), 1));
  for (const std::int64_t axis : axes) shape[axis] = x.shape()[axis];
  return ops::reshape(vector, shape);
}

Outputs batch_norm(const OperationArguments& a) {
  const Tensor x = a.tensor(0, "x");
  const std::vector<std::int64_t> axes = axes_from(a.config().at("axis")).resolved(x.shape());
  const auto argument = [&](std::size_t position, const char* name) {
    return along_axes(a.tensor(position, name), x, axes);
  };
  Tensor factor = ops::rsqrt(argument(2, "variance") + a.config().get_double("epsilon", 1e-3));
  if (a.has(4, "scale")) factor = factor * argument(4, "scale");
  Tensor shift = -argument(1, "mean") * factor;
  if (a.has(3, "offset")) shift = shift + argument(3, "offset");
  return x * factor + shift;
}

Outputs layer_norm(const OperationArguments& a) {
  const Tensor given = a.tensor(0, "x");
  const Tensor x = ops::cast(given, wide_dtype(given));
  const Config& axis = a.config().get("axis");
  const Axes axes = axis.is_null() ? Axes(-1) : axes_from(axis);
  const std::vector<std::int64_t> resolved = axes.resolved(x.shape());
  const double epsilon = a.config().get_double("epsilon", kEpsilon);
  const ReduceOptions kept{.axis = axes, .keepdims = true};
  Tensor factor = ops::rsqrt(ops::var(x, kept) + epsilon);
  if (a.has(1, "gamma")) factor = factor * along_axes(ops::cast(a.tensor(1, "gamma"), x.dtype()), x, resolved);
  if (a.config().get_bool("rms_scaling", false)) return ops::cast(x * factor, given.dtype());
  Tensor shift = -ops::mean(x, kept) * factor;
  if (a.has(2, "beta")) shift = shift + along_axes(ops::cast(a.tensor(2, "beta"), x.dtype()), x, resolved);
  return ops::cast(x * factor + shift, given.dtype());
}

Outputs rms_norm(const OperationArguments& a) {
  const Tensor given = a.tensor(0, "x");
  const Tensor x = ops::cast(given, wide_dtype(given));
  const Config& axis = a.config().get("axis");
  const ReduceOptions kept{.axis = axis.is_null() ? Axes(-1) : axes_from(axis), .keepdims = true};
  Tensor y = x * ops::rsqrt(ops::mean(ops::square(x), kept) + a.config().get_double("epsilon", kEpsilon));
  if (a.has(1, "scale")) y = y * ops::cast(a.tensor(1, "scale"), x.dtype());
  return ops::cast(y, given.dtype());
}

Outputs normalize(const OperationArguments& a) {
  const Tensor x = a.tensor(0, "x");
  const Config& axis = a.config().get("axis");
  const Axes axes = axis.is_null() ? Axes(-1) : axes_from(axis);
  const std::int64_t order = a.config().get_int("order", 2);
  const double epsilon = a.config().get_double("epsilon", kEpsilon);
  if (order == 2) {
    const Tensor squares = ops::sum(ops::square(x), {.axis = axes, .keepdims = true});
    return x * ops::minimum(ops::rsqrt(squares), 1.0 / epsilon);
  }
  const Tensor norm = ops::norm(x, static_cast<double>(order), {.axis = axes, .keepdims = true});
  return x / ops::maximum(norm, epsilon);
}

// ---- losses

Tensor clipped_probability(const Tensor& output) { return ops::clip(output, kEpsilon, 1.0 - kEpsilon); }

Outputs binary_crossentropy(const OperationArguments& a) {
  const Tensor output = a.tensor(1, "output");
  const Tensor target = ops::cast(a.tensor(0, "target"), output.dtype());
  if (a.config().get_bool("from_logits", false)) {
    // max(x, 0) - x z + log(1 + exp(-|x|)), which does not overflow.
    return ops::relu(output) - output * target + ops::log1p(ops::exp(-ops::absolute(output)));
  }
  const Tensor p = clipped_probability(output);
  return -(target * ops::log(p) + (Tensor(1.0) - target) * ops::log(Tensor(1.0) - p));
}

Outputs categorical_crossentropy(const OperationArguments& a) {
  const Tensor output = a.tensor(1, "output");
  const Tensor target = ops::cast(a.tensor(0, "target"), output.dtype());
  const std::int64_t axis = a.config().get_int("axis", -1);
  if (a.config().get_bool("from_logits", false)) {
    return -ops::sum(target * ops::log_softmax(output, axis), {.axis = axis});
  }
  const Tensor p = output / ops::sum(output, {.axis = axis, .keepdims = true});
  return -ops::sum(target * ops::log(clipped_probability(p)), {.axis = axis});
}

Outputs sparse_categorical_crossentropy(const OperationArguments& a) {
  const Tensor output = a.tensor(1, "output");
  Tensor target = ops::cast(a.tensor(0, "target"), DType::kInt32);
  if (target.rank() == output.rank() && target.shape().back() == 1) target = ops::squeeze(target, -1);
  const bool from_logits = a.config().get_bool("from_logits", false);
  return ops::sparse_softmax_cross_entropy(from_logits ? output : ops::log(clipped_probability(output)), target);
}

// ---- attention

Outputs dot_product_attention(const OperationArguments& a) {
  const Tensor query = a.tensor(0, "query");
  Tensor key = a.tensor(1, "key");
  Tensor value = a.tensor(2, "value");
  const std::int64_t query_heads = query.shape()[2];
  const std::int64_t key_heads = key.shape()[2];
  if (query_heads > key_heads) {
    key = ops::repeat(key, query_heads / key_heads, 2);
    value = ops::repeat(value, query_heads / key_heads, 2);
  }
  const double scale =
      a.has(5, "scale") ? a.data(5, "scale").as_double() : 1.0 / std::sqrt(static_cast<double>(query.shape().back()));
  Tensor logits = ops::einsum("btnh,bsnh->bnts", {query, key});
  logits = ops::cast(logits, wide_dtype(logits)) * scale;
  const Config& cap = a.config().get("attn_logits_soft_cap");
  if (!cap.is_null()) logits = ops::tanh(logits / cap.as_double()) * cap.as_double();
  if (a.has(3, "bias")) logits = logits + ops::cast(a.tensor(3, "bias"), logits.dtype());
  // Large, but far enough from the greatest number that adding to it stays finite.
  const Tensor hidden = ops::full_like(logits, -0.7 * 3.38953e38);
  if (a.has(4, "mask")) logits = ops::where(ops::cast(a.tensor(4, "mask"), DType::kBool), logits, hidden);
  if (a.config().get_bool("is_causal", false)) {
    logits = ops::where(ops::cast(ops::tril(ops::ones_like(logits)), DType::kBool), logits, hidden);
  }
  return ops::einsum("bnts,bsnh->btnh", {ops::cast(ops::softmax(logits), key.dtype()), value});
}

// ---- images

Outputs resize(const OperationArguments& a) {
  const Config& config = a.config();
  for (const char* option : {"antialias", "crop_to_aspect_ratio", "pad_to_aspect_ratio"}) {
    if (config.get_bool(option, false)) {
      throw Unsupported(std::string("operation Resize: with ") + option + " it is not available", {}, a.operation());
    }
  }
  const DataFormat format = data_format_from(config);
  const Tensor images = format.to_channels_last(a.tensor(0, "images"));
  return format.from_channels_last(
      ops::resize(images, config.at("size").as_ints(), config.get_string("interpolation", "bilinear")));
}

Outputs extract_patches(const OperationArguments& a) {
  const Config& config = a.config();
  std::vector<std::int64_t> size = integers_from(config.at("size"));
  if (size.size() == 1) size.push_back(size[0]);
  const DataFormat format = data_format_from(config);
  const Tensor images = format.to_channels_last(a.tensor(0, "images"));
  return format.from_channels_last(ops::extract_patches(images, size,
                                                        {.strides = integers_from(config.get("strides")),
                                                         .dilation_rate = integers_from(config.get("dilation_rate")),
                                                         .padding = config.get_string("padding", "valid")}));
}

// Weighted by how bright the eye sees the colours (ITU-R BT.601).
Outputs rgb_to_grayscale(const OperationArguments& a) {
  const DataFormat format = data_format_from(a.config());
  const Tensor images = format.to_channels_last(a.tensor(0, "images"));
  const Tensor wide = ops::cast(images, wide_dtype(images));
  const Tensor weights = ops::cast(Tensor::copy<double>({0.2989, 0.5870, 0.1140}, {3}), wide.dtype());
  const Tensor gray = ops::sum(wide * weights, {.axis = -1, .keepdims = true});
  return format.from_channels_last(ops::cast(gray, images.dtype()));
}

const bool kRegistered = [] {
  register_unary("Relu", ops::relu);
  register_unary("Relu6", activations::relu6);
  register_unary("Sigmoid", activations::sigmoid);
  register_unary("Tanh", ops::tanh);
  register_unary("Softplus", activations::softplus);
  register_unary("Softsign", activations::softsign);
  register_unary("Silu", activations::silu);
  register_unary("Selu", activations::selu);
  register_unary("LogSigmoid", activations::log_sigmoid);
  register_unary("HardSigmoid", activations::hard_sigmoid);
  register_unary("HardSilu", activations::hard_silu);
  register_unary("HardTanh", activations::hard_tanh);
  register_unary("TanhShrink", activations::tanh_shrink);
  register_unary("SparsePlus", activations::sparse_plus);
  register_unary("SparseSigmoid", activations::sparse_sigmoid);
  register_activation_operation("LeakyRelu", activations::leaky_relu, "negative_slope", 0.2);
  register_activation_operation("Elu", activations::elu, "alpha", 1.0);
  register_activation_operation("Celu", activations::celu, "alpha", 1.0);
  register_activation_operation("HardShrink", activations::hard_shrink, "threshold", 0.5);
  register_activation_operation("SoftShrink", activations::soft_shrink, "threshold", 0.5);
  register_activation_operation("Squareplus", activations::squareplus, "b", 4.0);
  register_axis_activation("Softmax", activations::softmax);
  register_axis_activation("LogSoftmax", activations::log_softmax);
  register_axis_activation("Sparsemax", activations::sparsemax);
  register_axis_activation("Glu", activations::glu);
  register_keras_operation("Gelu", [](const OperationArguments& a) {
    return activations::gelu(a.tensor(0, "x"), a.config().get_bool("approximate", true));
  });
  register_keras_operation("Threshold", [](const OperationArguments& a) {
    return activations::threshold(a.tensor(0, "x"), a.config().at("threshold").as_double(),
                                  a.config().at("default_value").as_double());
  });
  register_keras_operation("Conv", conv);
  register_keras_operation("DepthwiseConv", depthwise_conv);
  register_keras_operation("SeparableConv", separable_conv);
  register_pool("MaxPool", ops::max_pool);
  register_pool("AveragePool", ops::average_pool);
  register_keras_operation("Moments", moments);
  register_keras_operation("BatchNorm", batch_norm);
  register_keras_operation("LayerNorm", layer_norm);
  register_keras_operation("RMSNorm", rms_norm);
  register_keras_operation("Normalize", normalize);
  register_keras_operation("BinaryCrossentropy", binary_crossentropy);
  register_keras_operation("CategoricalCrossentropy", categorical_crossentropy);
  register_keras_operation("SparseCategoricalCrossentropy", sparse_categorical_crossentropy);
  register_keras_operation("DotProductAttention", dot_product_attention);
  register_keras_operation("Resize", resize);
  register_keras_operation("ExtractPatches", extract_patches);
  return register_keras_operation("RGBToGrayscale", rgb_to_grayscale);
}();

}  // namespace
}  // namespace cornu
