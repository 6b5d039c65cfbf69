#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "layers/shared.h"
#include "models/v1/tensor.h"

namespace cornu::v1 {

/// Body of ScopedLayer.
class ScopedLayerBody : public Layer {
 public:
  using Function = std::function<Tensors(const Tensors& inputs, bool training)>;
  ScopedLayerBody(Function function, const std::string& name);
  ~ScopedLayerBody() override;

  std::string class_name() const override { return "ScopedLayer"; }
  std::vector<LayerAttribute> attributes() const override;
  /// Penalties of the variables with a regularizer, in the order of their making.
  cornu::Tensors regularization_losses() const;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  friend AnyLayer get_or_create_layer(const std::string& name, const std::function<AnyLayer()>& make);
  class Store;
  Function function_;
  LayerList layers_;
  std::unique_ptr<Store> store_;
};

/// A function written with variable scopes and get_variable as a Keras layer: what the function makes are the layer's
/// weights, named by variable scope, and a second call finds them again.
///
/// It can be a member of other layers, stand in a Sequential or functional model, be trained by fit and saved. Within
/// it scopes always behave as with AUTO_REUSE, and two such layers never share. Regularizers become the layer's losses.
///
/// ```cpp
/// v1::ScopedLayer tower([](const v1::Tensor& x) {
///   v1::VariableScope scope("fc1");
///   v1::Variable kernel = v1::get_variable("kernel", {.shape = Shape{784, 128}});
///   return v1::nn::relu(v1::matmul(x, kernel));
/// }, "tower");
/// Sequential model({tower, layers::Dense(10)});
/// ```
/// **See**: `tf.compat.v1.keras.utils.track_tf1_style_variables`.
class ScopedLayer : public Shared<ScopedLayerBody> {
 public:
  explicit ScopedLayer(std::function<Tensor(const Tensor&)> function, const std::string& name = "scoped_layer");
  explicit ScopedLayer(ScopedLayerBody::Function function, const std::string& name = "scoped_layer");
};

/// The Keras layer of that name in the current variable scope, made by `make` when it is first asked for.
///
/// In the function of a ScopedLayer it belongs to that layer. In a graph it is found again in a scope that reuses; in
/// one that does not, each call makes another layer, as in TensorFlow. `scope_layer` gives the last one made.
/// **Throws** ValueError on values outside of a ScopedLayer.
/// **See**: `tf.compat.v1.keras.utils.get_or_create_layer`.
AnyLayer get_or_create_layer(const std::string& name, const std::function<AnyLayer()>& make);

/// The layer behind a variable scope of the default graph: what `layers::dense` and its kin put there, or one that owns
/// what get_variable made. **Throws** KeyError naming the scopes there are.
AnyLayer scope_layer(const std::string& scope);

}  // namespace cornu::v1
