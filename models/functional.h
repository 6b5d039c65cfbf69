#pragma once

#include "models/model.h"
#include "models/model_call_graph.h"

namespace cornu {

/// Tensors of a functional model: one, several in order, or by name (the flat order is then by name).
using NamedTensors = std::map<std::string, Tensor>;

/// Options of Model.
struct ModelOptions {
  std::string name = {};
  bool trainable = true;
};

/// Body of Model: the calls between inputs and outputs.
class FunctionalLayer : public ModelLayer {
 public:
  FunctionalLayer(const Tensors& inputs, const Tensors& outputs, const ModelOptions& options);
  FunctionalLayer(const NamedTensors& inputs, const NamedTensors& outputs, const ModelOptions& options);
  FunctionalLayer(const NamedTensors& inputs, const Tensors& outputs, const ModelOptions& options);
  /// From a file, where the order of the layers and the names are given.
  FunctionalLayer(const Tensors& inputs, const Tensors& outputs, std::vector<LayerPtr> layers,
                  std::vector<std::string> input_names, std::vector<std::string> output_names,
                  const ModelOptions& options);

  std::string class_name() const override { return "Functional"; }
  std::vector<LayerPtr> layers() const override { return layers_; }
  std::vector<LayerAttribute> attributes() const override;
  std::vector<std::string> input_names() const override { return input_names_; }
  std::vector<std::string> output_names() const override { return output_names_; }
  TensorSpecs input_specs() const override;
  const ModelCallGraph& call_graph() const { return graph_; }

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;
  Tensors compute_mask(const Inputs& inputs, const Tensors& masks) override;

 private:
  Shapes shapes_of_inputs() const;
  void name_layers();
  void prepare_names();

  ModelCallGraph graph_;
  std::vector<LayerPtr> layers_;
  std::vector<std::string> input_names_;
  std::vector<std::string> output_names_;
};

/// A model from its input and output tensors: many inputs and outputs, shared layers, models within models.
///
/// **Throws** GraphError when an output does not follow from the inputs. **See**: `keras.Model(inputs, outputs)`.
class Model : public SharedModel<FunctionalLayer> {
 public:
  Model(const Tensor& input, const Tensor& output, const ModelOptions& options = {});
  Model(const Tensors& inputs, const Tensors& outputs, const ModelOptions& options = {});
  Model(const Tensors& inputs, const Tensor& output, const ModelOptions& options = {});
  Model(const Tensor& input, const Tensors& outputs, const ModelOptions& options = {});
  Model(const NamedTensors& inputs, const NamedTensors& outputs, const ModelOptions& options = {});
  Model(const NamedTensors& inputs, const Tensor& output, const ModelOptions& options = {});
};

}  // namespace cornu
