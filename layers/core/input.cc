#include "layers/core/input.h"

#include "layers/layer_call.h"
#include "layers/registry.h"

namespace cornu::layers {

Tensor Input(const Shape& shape, const InputOptions& options) {
  return InputLayer(Shape{options.batch_size}.concatenated(shape), options.dtype, options.name).output();
}

InputLayer::InputLayer(const Shape& batch_shape, DType dtype, const std::string& name)
    : Shared(batch_shape, dtype, name) {}

Tensor InputLayer::output() const {
  const TensorSpec spec = (*this)->spec();
  const auto call = std::make_shared<LayerCall>(ptr(), Inputs(Tensors{}), CallOptions{}, TensorSpecs{spec});
  return Tensor::symbol(spec, call, 0, nullptr).with_name((*this)->has_given_name() ? (*this)->name() : "");
}

InputLayerLayer::InputLayerLayer(const Shape& batch_shape, DType dtype, const std::string& name)
    : Layer(name), spec_{batch_shape, dtype} {
  mark_built({batch_shape});
}

Outputs InputLayerLayer::call(const Inputs& inputs, const CallContext&) { return inputs.tensors(); }

Config InputLayerLayer::config() const {
  Config shape = Config::list();
  for (std::int64_t dim : spec_.shape) shape.push_back(dim == kUnknown ? Config() : Config(dim));
  return Config::dict({{"batch_shape", shape},
                       {"dtype", name_of(spec_.dtype)},
                       {"sparse", false},
                       {"ragged", false},
                       {"name", name()},
                       {"optional", false}});
}

namespace {

Shape shape_from(const Config& config) {
  Shape shape;
  for (const Config& dim : config.as_list()) shape.push_back(dim.is_null() ? kUnknown : dim.as_int());
  return shape;
}

const bool kRegistered = register_layer("InputLayer", [](const Config& config) -> AnyLayer {
  const Config& shape = config.get("batch_shape").is_null() ? config.at("batch_input_shape") : config.at("batch_shape");
  const Config& dtype = config.get("dtype");
  return InputLayer(shape_from(shape), dtype.is_null() ? float32 : DTypePolicy::from_config(dtype).compute_dtype(),
                    config.get_string("name", ""));
});

}  // namespace

}  // namespace cornu::layers
