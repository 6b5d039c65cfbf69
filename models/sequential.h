#pragma once

#include "models/model.h"
#include "models/unique_names.h"

namespace cornu {

/// Options of Sequential.
struct SequentialOptions {
  std::string name = {};
  bool trainable = true;
  std::optional<Shape> input_shape = {};  ///< one example's shape; with it the model is built at once
};

/// Body of Sequential.
class SequentialLayer : public ModelLayer {
 public:
  SequentialLayer(std::vector<AnyLayer> layers, const SequentialOptions& options);

  std::string class_name() const override { return "Sequential"; }
  /// Without the input layer.
  std::vector<LayerPtr> layers() const override { return layers_; }
  std::vector<LayerAttribute> attributes() const override;
  std::vector<std::string> input_names() const override;
  std::vector<std::string> output_names() const override;
  TensorSpecs input_specs() const override;
  /// Appends a layer. **Throws** StateError once the model was built.
  void add(const AnyLayer& layer);

 protected:
  void build(const Shapes& inputs) override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;
  Tensors compute_mask(const Inputs& inputs, const Tensors& masks) override;

 private:
  void name_layers();

  std::vector<LayerPtr> layers_;
  UniqueNames names_;
  std::optional<TensorSpec> input_spec_given_;
  std::string input_name_ = "input_layer";
};

/// A stack of layers, each fed by the one before. **See**: `keras.Sequential`.
class Sequential : public SharedModel<SequentialLayer> {
 public:
  explicit Sequential(std::vector<AnyLayer> layers = {}, const SequentialOptions& options = {});
  void add(const AnyLayer& layer) const { (*this)->add(layer); }
};

}  // namespace cornu
