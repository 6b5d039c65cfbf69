#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "models/v1/tensor.h"
#include "models/v1/variable.h"
#include "models/v1/variable_scope.h"

namespace cornu {
class Layer;
}

/// Layers under TensorFlow's names: functions that make a layer, or find it by its scope, and call it.
///
/// Each makes its variables by get_variable in a scope of its own, and puts a Keras layer behind that scope.
/// **See**: `tf.compat.v1.layers`.
namespace cornu::v1::layers {

/// A function of the output, by its name ("relu", "sigmoid", "tanh", "softmax", "elu", "softplus") or as one.
class Activation {
 public:
  Activation() = default;
  Activation(const char* name);
  Activation(const std::string& name) : Activation(name.c_str()) {}
  template <typename F>
  requires std::is_invocable_r_v<Tensor, F, const Tensor&> Activation(F function) : function_(std::move(function)) {}

  Tensor operator()(const Tensor& x) const { return function_ ? function_(x) : x; }
  /// Keras' name; "linear" for none and for functions of one's own.
  const std::string& name() const { return name_; }
  /// Whether Keras' layers can have it: a function of one's own has no name.
  bool has_keras_name() const { return !function_ || name_ != "linear"; }

 private:
  std::string name_ = "linear";
  std::function<Tensor(const Tensor&)> function_;
};

/// What all layers can be told.
struct LayerOptions {
  bool trainable = true;
  std::string name = {};
  Reuse reuse = {};
};

struct DenseOptions {
  Activation activation = {};
  bool use_bias = true;
  std::optional<Initializer> kernel_initializer = {};  ///< the scope's by default, else Glorot's
  std::optional<Initializer> bias_initializer = {};    ///< zeros by default
  Regularizer kernel_regularizer = {};
  Regularizer bias_regularizer = {};
  Constraint kernel_constraint = {};
  bool trainable = true;
  std::string name = {};
  Reuse reuse = {};
  std::optional<ScopeObject> scope = {};  ///< the variable scope of a layer object, settled beforehand
};

struct Conv2DOptions {
  std::vector<std::int64_t> strides = {1, 1};
  std::string padding = "valid";
  Activation activation = {};
  bool use_bias = true;
  std::optional<Initializer> kernel_initializer = {};
  std::optional<Initializer> bias_initializer = {};
  Regularizer kernel_regularizer = {};
  Regularizer bias_regularizer = {};
  bool trainable = true;
  std::string name = {};
  Reuse reuse = {};
};

/// A layer as an object: settles its variable scope at its first call, and shares from then on.
class Layer {
 public:
  /// "a/dense". **Throws** ValueError before the first call.
  std::string scope_name() const;

 protected:
  /// A layer called by `base_name`, in a scope made of that name at the first call, or in the scope given.
  Layer(std::string base_name, Reuse reuse, std::optional<ScopeObject> scope)
      : base_name_(std::move(base_name)), reuse_(reuse), scope_(std::move(scope)) {}

  /// Runs `build_and_call` in the layer's variable scope and name scope.
  Tensor call_in_scope(const Tensor& x, const std::function<Tensor()>& build_and_call);
  bool built() const { return built_; }
  /// A variable of the layer, by get_variable in its scope.
  Variable add_weight(const std::string& name, const Shape& shape, DType dtype,
                      const std::optional<Initializer>& initializer, const Regularizer& regularizer, bool trainable,
                      const Constraint& constraint = {});
  /// Puts a Keras layer behind the layer's scope, where there is none yet.
  void stand_behind_scope(const std::function<std::shared_ptr<cornu::Layer>()>& make, const Shape& input) const;

 private:
  std::string base_name_;
  Reuse reuse_;
  std::optional<ScopeObject> scope_;
  bool built_ = false;
};

/// A layer with a kernel and, where it is asked for, a bias.
class KernelLayer : public Layer {
 public:
  Variable kernel() const { return kernel_; }
  Variable bias() const { return bias_; }

 protected:
  using Layer::Layer;

  /// Makes both, the bias as long as the kernel's last axis.
  template <typename Options>
  void add_weights(const Options& options, const Shape& kernel, DType dtype, const Constraint& constraint = {});
  /// `activation(product + bias)`
  template <typename Options> Tensor finished(const Tensor& product, const Options& options) const;

 private:
  Variable kernel_;
  Variable bias_;
};

/// `activation(x · kernel + bias)` along the last axis; variables `kernel` (inputs, units) and `bias` (units).
class Dense : public KernelLayer {
 public:
  explicit Dense(std::int64_t units, const DenseOptions& options = {}) : Dense(units, options, false) {}
  Tensor operator()(const Tensor& inputs);

 private:
  friend Tensor dense(const Tensor& inputs, std::int64_t units, const DenseOptions& options);
  Dense(std::int64_t units, const DenseOptions& options, bool is_function);
  std::int64_t units_;
  DenseOptions options_;
};

/// A convolution over `(batch, height, width, channels)`; variables `kernel` (height, width, channels, filters),
/// `bias`.
class Conv2D : public KernelLayer {
 public:
  Conv2D(std::int64_t filters, std::vector<std::int64_t> kernel_size, const Conv2DOptions& options = {})
      : Conv2D(filters, std::move(kernel_size), options, false) {}
  Tensor operator()(const Tensor& inputs);

 private:
  friend Tensor conv2d(const Tensor& inputs, std::int64_t filters, const std::vector<std::int64_t>& kernel_size,
                       const Conv2DOptions& options);
  Conv2D(std::int64_t filters, std::vector<std::int64_t> kernel_size, const Conv2DOptions& options, bool is_function);
  std::int64_t filters_;
  std::vector<std::int64_t> kernel_size_;
  Conv2DOptions options_;
};

Tensor dense(const Tensor& inputs, std::int64_t units, const DenseOptions& options = {});
Tensor conv2d(const Tensor& inputs, std::int64_t filters, const std::vector<std::int64_t>& kernel_size,
              const Conv2DOptions& options = {});

struct PoolingOptions {
  std::string padding = "valid";
  std::string name = {};
};
Tensor max_pooling2d(const Tensor& inputs, const std::vector<std::int64_t>& pool_size,
                     const std::vector<std::int64_t>& strides, const PoolingOptions& options = {});
Tensor average_pooling2d(const Tensor& inputs, const std::vector<std::int64_t>& pool_size,
                         const std::vector<std::int64_t>& strides, const PoolingOptions& options = {});
/// All axes but the first as one.
Tensor flatten(const Tensor& inputs, const std::string& name = {});

struct DropoutOptions {
  double rate = 0.5;
  /// Whether to drop: decided now, or in each run by a bool tensor.
  std::variant<bool, Tensor> training = false;
  std::optional<std::int64_t> seed = {};
  std::string name = {};
};
Tensor dropout(const Tensor& inputs, const DropoutOptions& options = {});

struct BatchNormalizationOptions {
  double momentum = 0.99;
  double epsilon = 1e-3;
  bool center = true;
  bool scale = true;
  std::variant<bool, Tensor> training = false;
  bool trainable = true;
  std::string name = {};
  Reuse reuse = {};
};
/// Normalised over all axes but the last. While training by the batch, and two operations in UPDATE_OPS, which nothing
/// runs by itself, move `moving_mean` and `moving_variance`.
Tensor batch_normalization(const Tensor& inputs, const BatchNormalizationOptions& options = {});

}  // namespace cornu::v1::layers
