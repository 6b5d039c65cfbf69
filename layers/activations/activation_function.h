#pragma once

#include <functional>
#include <memory>
#include <string>

#include "framework/config.h"
#include "framework/tensor.h"

namespace cornu {

/// A function that layers apply to what they computed: by Keras' name ("relu"), or of one's own.
///
/// People write a name, or a function where they have one; the layer that does nothing else is `layers::Activation`.
/// The functions themselves are in `layers/activations/functions.h`. **See**: `keras.activations`.
class ActivationFunction {
 public:
  using Function = std::function<Tensor(const Tensor&)>;

  /// "linear": leaves its input as it is.
  ActivationFunction() : ActivationFunction("linear") {}
  ActivationFunction(const char* name) : ActivationFunction(std::string(name)) {}
  /// **Throws** InvalidArgument for an unknown name, listing the known ones.
  ActivationFunction(const std::string& name);
  /// A function of one's own; a model with it can be saved when the name was registered with `register_activation`.
  ActivationFunction(std::string name, Function function);

  /// From what a file holds: null (linear), a name, a serialized function, or a serialized layer such as LeakyReLU.
  static ActivationFunction from_config(const Config& config);

  Tensor operator()(const Tensor& x) const { return function_(x); }
  const std::string& name() const { return name_; }
  bool is_linear() const { return name_ == "linear"; }
  /// What `from_config` reads back.
  const Config& config() const { return config_; }

 private:
  std::string name_;
  Function function_;
  Config config_;
};

/// Makes an activation known by name, to options and to files. Returns true, so that it can initialise a constant.
bool register_activation(const std::string& name, ActivationFunction::Function function);

}  // namespace cornu
