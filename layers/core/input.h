#pragma once

#include "layers/shared.h"

namespace cornu::layers {

/// Options of Input.
struct InputOptions {
  std::int64_t batch_size = kUnknown;  ///< when it is fixed
  DType dtype = DType::kFloat32;
  std::string name = {};  ///< of the tensor, by which models take it from a map
};

/// A tensor from which a functional model is built.
///
/// `shape`: one example's shape, without the batch; a size may be `kUnknown`. **Output**: a symbol `(batch, shape...)`.
/// **See**: `keras.Input`.
Tensor Input(const Shape& shape, const InputOptions& options = {});

/// The layer behind `Input`: where a model's data come in.
class InputLayerLayer : public Layer {
 public:
  InputLayerLayer(const Shape& batch_shape, DType dtype, const std::string& name);
  std::string class_name() const override { return "InputLayer"; }
  Config config() const override;
  const TensorSpec& spec() const { return spec_; }

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  TensorSpec spec_;
};

/// Handle to an input layer, as models read from files make them; people use `Input`.
class InputLayer : public Shared<InputLayerLayer> {
 public:
  explicit InputLayer(const Shape& batch_shape, DType dtype = DType::kFloat32, const std::string& name = {});
  /// The tensor that comes out of it.
  Tensor output() const;
};

}  // namespace cornu::layers
