#include "models/v1/layers.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>

#include "framework/ops/arithmetic.h"
#include "framework/ops/batch_norm.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/matmul.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "layers/convolutional/conv2d.h"
#include "layers/core/dense.h"
#include "layers/normalization/batch_normalization.h"
#include "models/v1/array_ops.h"
#include "models/v1/control_flow.h"
#include "models/v1/errors.h"
#include "models/v1/graph_body.h"
#include "models/v1/make_operation.h"
#include "models/v1/math_ops.h"
#include "models/v1/nn.h"
#include "models/v1/variable_maker.h"

namespace cornu::v1::layers {
namespace {

using Function = Tensor (*)(const Tensor&, const std::string&);

const std::map<std::string, Function>& known_activations() {
  static const std::map<std::string, Function> functions{
      {"linear", nullptr},      {"relu", nn::relu}, {"sigmoid", nn::sigmoid},   {"tanh", nn::tanh},
      {"softmax", nn::softmax}, {"elu", nn::elu},   {"softplus", nn::softplus}, {"log_softmax", nn::log_softmax}};
  return functions;
}

std::vector<std::int64_t> four(const std::vector<std::int64_t>& spatial, const char* who) {
  if (spatial.size() == 1) return {1, spatial[0], spatial[0], 1};
  if (spatial.size() == 2) return {1, spatial[0], spatial[1], 1};
  throw errors::ValueError(std::string(who) + ": expected one or two numbers for height and width; got " +
                           std::to_string(spatial.size()));
}

std::string in_capitals(std::string padding) {
  for (char& c : padding) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return padding;
}

std::string in_lower_case(std::string padding) {
  for (char& c : padding) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return padding;
}

// The contraction of the last axis with a matrix, for any rank.
Tensor tensordot(const Tensor& x, const Tensor& kernel) {
  return make_single({.type = "Tensordot", .default_name = "Tensordot", .parameters = {"a", "b"}, .same_dtypes = true},
                     {}, {x, kernel}, [](const cornu::Tensors& in) { return ops::matmul(in[0], in[1]); });
}

// A function's name is the name of its scope, where an object's is one to begin with.
std::optional<ScopeObject> scope_of_function(const std::string& name) {
  if (name.empty()) return {};
  return VariableScope(name).object();
}

// The name a layer's scope begins with. A layer without a name of its own counts among the graph's Keras layers.
std::string named(const std::string& name, const char* default_name) {
  if (!name.empty()) return name;
  default_body()->next_layer_name(default_name);
  return default_name;
}

}  // namespace

Activation::Activation(const char* name) : name_(name) {
  const auto it = known_activations().find(name_);
  if (it == known_activations().end()) {
    throw errors::ValueError(
        "activation: expected one of \"relu\", \"sigmoid\", \"tanh\", \"softmax\", \"elu\", "
        "\"softplus\", \"linear\", or a function; got \"" +
        name_ + "\"");
  }
  if (const Function function = it->second) function_ = [function](const Tensor& x) { return function(x, {}); };
}

// ---- layers as objects

std::string Layer::scope_name() const {
  if (!scope_) {
    throw errors::ValueError("No name available for layer scope because the layer \"" + base_name_ +
                             "\" has not been used yet. Call it first: the scope is settled there.");
  }
  return scope_->name();
}

Tensor Layer::call_in_scope(const Tensor& x, const std::function<Tensor()>& build_and_call) {
  return with_v1_errors([&] {
    if (!scope_) {
      scope_ = reuse_ == Reuse() ? VariableScope(VariableScope::DefaultName{base_name_}).object()
                                 : VariableScope(base_name_).object();
    }
    const VariableScope scope(*scope_,
                              {.reuse = built_ ? Reuse(true) : reuse_, .values = {x}, .auxiliary_name_scope = false});
    const std::shared_ptr<GraphBody> body = body_of(x) ? body_of(x) : default_body();
    const std::string& original = scope_->original_name_scope();
    const NameScopeGuard names(body, original.empty() ? original : original.substr(0, original.size() - 1));
    const Tensor result = build_and_call();
    built_ = true;
    return result;
  });
}

Variable Layer::add_weight(const std::string& name, const Shape& shape, DType dtype,
                           const std::optional<Initializer>& initializer, const Regularizer& regularizer,
                           bool trainable, const Constraint& constraint) {
  return get_variable(name, {.shape = shape,
                             .dtype = dtype,
                             .initializer = initializer,
                             .regularizer = regularizer,
                             .constraint = constraint,
                             .trainable = trainable});
}

void Layer::stand_behind_scope(const std::function<std::shared_ptr<cornu::Layer>()>& make, const Shape& input) const {
  if (TrackingStore::current()) return;
  std::shared_ptr<cornu::Layer>& behind = default_body()->scopes.layers[scope_->name()];
  if (behind) return;
  const std::shared_ptr<cornu::Layer> layer = make();
  layer->build_for({input});
  behind = layer;
}

// ---- layers with a kernel

template <typename Options>
void KernelLayer::add_weights(const Options& options, const Shape& kernel, DType dtype, const Constraint& constraint) {
  kernel_ = add_weight("kernel", kernel, dtype, options.kernel_initializer, options.kernel_regularizer,
                       options.trainable, constraint);
  if (!options.use_bias) return;
  bias_ = add_weight("bias", {kernel.back()}, dtype, options.bias_initializer.value_or(zeros_initializer()),
                     options.bias_regularizer, options.trainable);
}

template <typename Options> Tensor KernelLayer::finished(const Tensor& product, const Options& options) const {
  return options.activation(options.use_bias ? nn::bias_add(product, bias_) : product);
}

// ---- Dense

Dense::Dense(std::int64_t units, const DenseOptions& options, bool is_function)
    : KernelLayer(named(options.name, "dense"), options.reuse,
                  is_function ? scope_of_function(options.name) : options.scope),
      units_(units),
      options_(options) {}

Tensor Dense::operator()(const Tensor& inputs) {
  const std::int64_t width = inputs.shape().has_rank() && inputs.rank() > 0 ? inputs.shape().back() : kUnknown;
  if (built() && width != kUnknown && kernel().shape()[0] != width) {
    throw errors::ValueError("Dense '" + scope_name() +
                             "': Input 0 is incompatible with the layer: expected axis -1 of "
                             "size " +
                             std::to_string(kernel().shape()[0]) + ", that of the first call; got shape " +
                             inputs.shape().to_string());
  }
  return call_in_scope(inputs, [&] {
    // Found when the scope has its number.
    if (!inputs.shape().has_rank() || inputs.rank() < 2 || inputs.shape().back() == kUnknown) {
      throw errors::ValueError(
          "dense: The last dimension of the inputs should be defined, and there should be two at "
          "least; got shape " +
          inputs.shape().to_string());
    }
    if (!built()) {
      // Without the activation it would compute something else.
      if (options_.activation.has_keras_name())
        stand_behind_scope(
            [&] {
              return cornu::layers::Dense(units_, {.activation = options_.activation.name().c_str(),
                                                   .use_bias = options_.use_bias,
                                                   .name = last_component(scope_name()),
                                                   .trainable = options_.trainable,
                                                   .dtype = name_of(inputs.dtype())})
                  .ptr();
            },
            inputs.shape());
      add_weights(options_, {width, units_}, inputs.dtype(), options_.kernel_constraint);
    }
    return finished(inputs.rank() > 2 ? tensordot(inputs, kernel()) : matmul(inputs, kernel()), options_);
  });
}

Tensor dense(const Tensor& inputs, std::int64_t units, const DenseOptions& options) {
  return Dense(units, options, true)(inputs);
}

// ---- Conv2D

Conv2D::Conv2D(std::int64_t filters, std::vector<std::int64_t> kernel_size, const Conv2DOptions& options,
               bool is_function)
    : KernelLayer(named(options.name, "conv2d"), options.reuse,
                  is_function ? scope_of_function(options.name) : std::nullopt),
      filters_(filters),
      kernel_size_(std::move(kernel_size)),
      options_(options) {
  if (kernel_size_.size() == 1) kernel_size_.push_back(kernel_size_[0]);
  if (options_.strides.size() == 1) options_.strides.push_back(options_.strides[0]);
  if (const std::string padding = in_capitals(options_.padding); padding != "VALID" && padding != "SAME")
    throw errors::ValueError("conv2d: padding must be \"valid\" or \"same\"; got \"" + options_.padding + "\"");
}

Tensor Conv2D::operator()(const Tensor& inputs) {
  const std::int64_t channels = inputs.shape().has_rank() && inputs.rank() == 4 ? inputs.shape().back() : kUnknown;
  if (built() && channels != kUnknown && kernel().shape()[2] != channels) {
    throw errors::ValueError("Conv2D '" + scope_name() + "': Input 0 is incompatible with the layer: expected " +
                             std::to_string(kernel().shape()[2]) + " channels; got shape " +
                             inputs.shape().to_string());
  }
  return call_in_scope(inputs, [&] {
    if (!inputs.shape().has_rank() || inputs.rank() != 4 || inputs.shape().back() == kUnknown) {
      throw errors::ValueError(
          "conv2d: expected inputs of shape (batch, height, width, channels) with known channels; "
          "got " +
          inputs.shape().to_string());
    }
    if (!built()) {
      if (options_.activation.has_keras_name())
        stand_behind_scope(
            [&] {
              return cornu::layers::Conv2D(filters_, kernel_size_,
                                           {.strides = options_.strides,
                                            .padding = in_lower_case(options_.padding),
                                            .activation = options_.activation.name().c_str(),
                                            .use_bias = options_.use_bias,
                                            .name = last_component(scope_name()),
                                            .trainable = options_.trainable,
                                            .dtype = name_of(inputs.dtype())})
                  .ptr();
            },
            inputs.shape());
      add_weights(options_, {kernel_size_[0], kernel_size_[1], channels, filters_}, inputs.dtype());
    }
    return finished(nn::conv2d(inputs, kernel(), four(options_.strides, "conv2d"), in_capitals(options_.padding)),
                    options_);
  });
}

Tensor conv2d(const Tensor& inputs, std::int64_t filters, const std::vector<std::int64_t>& kernel_size,
              const Conv2DOptions& options) {
  return Conv2D(filters, kernel_size, options, true)(inputs);
}

// ---- layers without variables

namespace {

Tensor in_scope(const std::string& name, const char* default_name, const Tensor& x,
                const std::function<Tensor()>& call) {
  if (name.empty()) {
    const VariableScope scope(VariableScope::DefaultName{named(name, default_name)}, {.values = {x}});
    return call();
  }
  const VariableScope scope(name, {.values = {x}});
  return call();
}

}  // namespace

Tensor max_pooling2d(const Tensor& inputs, const std::vector<std::int64_t>& pool_size,
                     const std::vector<std::int64_t>& strides, const PoolingOptions& options) {
  return in_scope(options.name, "max_pooling2d", inputs, [&] {
    return nn::max_pool(inputs, four(pool_size, "max_pooling2d"), four(strides, "max_pooling2d"),
                        in_capitals(options.padding));
  });
}

Tensor average_pooling2d(const Tensor& inputs, const std::vector<std::int64_t>& pool_size,
                         const std::vector<std::int64_t>& strides, const PoolingOptions& options) {
  return in_scope(options.name, "average_pooling2d", inputs, [&] {
    return nn::avg_pool(inputs, four(pool_size, "average_pooling2d"), four(strides, "average_pooling2d"),
                        in_capitals(options.padding));
  });
}

Tensor flatten(const Tensor& inputs, const std::string& name) {
  return in_scope(name, "flatten", inputs, [&] {
    if (inputs.shape().has_rank() && inputs.rank() == 1) return expand_dims(inputs, 1);
    const std::vector<std::int64_t> rest =
        inputs.shape().has_rank() ? inputs.shape().slice(1).dims() : std::vector<std::int64_t>{kUnknown};
    if (std::find(rest.begin(), rest.end(), kUnknown) != rest.end()) {
      OperationForm form{.type = "Reshape", .default_name = "Reshape", .parameters = {"tensor"}};
      form.outputs =
          TensorSpecs{{Shape{inputs.shape().has_rank() ? inputs.shape()[0] : kUnknown, kUnknown}, inputs.dtype()}};
      return make_single(form, {}, {inputs}, [](const cornu::Tensors& in) {
        return ops::reshape(in[0], {in[0].shape()[0], -1});
      });
    }
    const std::int64_t size = std::accumulate(rest.begin(), rest.end(), std::int64_t{1}, std::multiplies<>());
    return reshape(inputs, {inputs.shape()[0] == kUnknown ? -1 : inputs.shape()[0], size});
  });
}

Tensor dropout(const Tensor& inputs, const DropoutOptions& options) {
  return in_scope(options.name, "dropout", inputs, [&] {
    if (const bool* training = std::get_if<bool>(&options.training))
      return *training ? nn::dropout(inputs, options.rate, options.seed) : identity(inputs);
    return cond(
        std::get<Tensor>(options.training), [&] { return nn::dropout(inputs, options.rate, options.seed); },
        [&] { return identity(inputs); });
  });
}

// ---- batch normalization

namespace {

class BatchNormalization : public Layer {
 public:
  explicit BatchNormalization(const BatchNormalizationOptions& options)
      : Layer(named(options.name, "batch_normalization"), options.reuse, scope_of_function(options.name)),
        options_(options) {}

  Tensor operator()(const Tensor& inputs) {
    return call_in_scope(inputs, [&] {
      const std::int64_t channels = inputs.shape().has_rank() && inputs.rank() > 0 ? inputs.shape().back() : kUnknown;
      if (channels == kUnknown) {
        throw errors::ValueError("batch_normalization: the last dimension of the inputs should be defined; got shape " +
                                 inputs.shape().to_string());
      }
      stand_behind_scope(
          [&] {
            return cornu::layers::BatchNormalization({.momentum = options_.momentum,
                                                      .epsilon = options_.epsilon,
                                                      .center = options_.center,
                                                      .scale = options_.scale,
                                                      .name = last_component(scope_name()),
                                                      .trainable = options_.trainable})
                .ptr();
          },
          inputs.shape());
      const auto weight = [&](const char* name, const Initializer& initializer, bool trainable) {
        return add_weight(name, {channels}, inputs.dtype(), initializer, {}, trainable && options_.trainable);
      };
      const Tensor gamma = options_.scale ? weight("gamma", ones_initializer(), true).value() : ones({channels});
      const Tensor beta = options_.center ? weight("beta", zeros_initializer(), true).value() : zeros({channels});
      const Variable mean = weight("moving_mean", zeros_initializer(), false);
      const Variable variance = weight("moving_variance", ones_initializer(), false);
      if (const bool* training = std::get_if<bool>(&options_.training))
        return *training ? by_batch(inputs, gamma, beta, mean, variance)
                         : by_moving(inputs, gamma, beta, mean, variance);
      const Tensor& decides = std::get<Tensor>(options_.training);
      return cond(
          decides, [&] { return by_batch(inputs, gamma, beta, mean, variance); },
          [&] { return by_moving(inputs, gamma, beta, mean, variance); });
    });
  }

 private:
  // The variance of a batch as it joins the moving one.
  static cornu::Tensor moving_variance(const cornu::Tensor& variance, const cornu::Tensor& x) {
    if (x.rank() != 4 || !x.shape().is_known()) return variance;
    const auto channels = static_cast<double>(std::max<std::int64_t>(x.shape().back(), 1));
    const double count = static_cast<double>(x.num_elements()) / channels;
    return variance * (count / std::max(count - 1.0, 1.0));
  }

  Tensor by_batch(const Tensor& x, const Tensor& gamma, const Tensor& beta, const Variable& mean,
                  const Variable& variance) const {
    const Tensors results = make_operation({.type = "FusedBatchNormV3", .default_name = "FusedBatchNormV3"}, {},
                                           {x, gamma, beta}, [epsilon = options_.epsilon](const cornu::Tensors& in) {
                                             const ops::BatchNormResult r =
                                                 ops::batch_norm_training(in[0], in[1], in[2], epsilon);
                                             return cornu::Tensors{r.y, r.mean, moving_variance(r.variance, in[0])};
                                           });
    // What moves is as TensorFlow's fused kernel for images estimates it: unbiased there, biased for other ranks.
    for (const auto& [moving, batch] : {std::pair(mean, results[1]), std::pair(variance, results[2])}) {
      const Tensor step = multiply(subtract(moving.value(), batch), 1.0 - options_.momentum);
      const Tensor update = assign_sub(moving, step, "AssignMovingAvg");
      if (body_of(x)) add_to_collection(GraphKeys::UPDATE_OPS, update.op());
    }
    return results[0];
  }

  Tensor by_moving(const Tensor& x, const Tensor& gamma, const Tensor& beta, const Variable& mean,
                   const Variable& variance) const {
    return make_single({.type = "FusedBatchNormV3", .default_name = "FusedBatchNormV3"}, {},
                       {x, gamma, beta, mean, variance}, [epsilon = options_.epsilon](const cornu::Tensors& in) {
                         return ops::batch_norm_inference(in[0], in[3], in[4], in[1], in[2], epsilon);
                       });
  }

  BatchNormalizationOptions options_;
};

}  // namespace

Tensor batch_normalization(const Tensor& inputs, const BatchNormalizationOptions& options) {
  return BatchNormalization(options)(inputs);
}

}  // namespace cornu::v1::layers
