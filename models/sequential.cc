#include "models/sequential.h"

#include "framework/error.h"
#include "layers/core/input.h"

namespace cornu {

Sequential::Sequential(std::vector<AnyLayer> layers, const SequentialOptions& options)
    : SharedModel(std::move(layers), options) {}

SequentialLayer::SequentialLayer(std::vector<AnyLayer> layers, const SequentialOptions& options)
    : ModelLayer(LayerSettings{.name = options.name, .trainable = options.trainable}) {
  if (options.input_shape)
    input_spec_given_ = TensorSpec{Shape{kUnknown}.concatenated(*options.input_shape), DType::kFloat32};
  for (const AnyLayer& layer : layers) add(layer);
  if (input_spec_given_ && !layers_.empty()) compute_output_spec({*input_spec_given_});
}

void SequentialLayer::add(const AnyLayer& layer) {
  if (built()) {
    throw StateError("Sequential '" + name() + "': cannot add layer '" + layer->name() +
                         "' once the model was built; add all layers first",
                     name());
  }
  if (const auto* input = dynamic_cast<const layers::InputLayerLayer*>(layer.ptr().get())) {
    if (!layers_.empty())
      throw InvalidArgument("Sequential '" + name() + "': an input layer can only be the first", name());
    input_spec_given_ = input->spec();
    input_name_ = input->name();
    return;
  }
  layers_.push_back(layer.ptr());
  if (!layer->has_given_name()) {
    layer->set_automatic_name(names_.take_or_number(layer->name(), layer->automatic_base_name()));
  } else if (!names_.take(layer->name())) {
    name_layers();
  }
}

// A given name comes before an automatic one; a name given twice is the author's mistake.
void SequentialLayer::name_layers() {
  names_ = {};
  for (const LayerPtr& layer : layers_) {
    if (!layer->has_given_name() || names_.take(layer->name())) continue;
    throw InvalidArgument(
        "Sequential '" + name() + "': two layers are named \"" + layer->name() + "\"; give each a name of its own",
        name());
  }
  for (const LayerPtr& layer : layers_) {
    if (layer->has_given_name()) continue;
    layer->set_automatic_name(names_.take_or_number(layer->name(), layer->automatic_base_name()));
  }
}

std::vector<LayerAttribute> SequentialLayer::attributes() const {
  return {{.name = "layers", .is_container = true, .layers = layers_}};
}

std::vector<std::string> SequentialLayer::input_names() const { return {input_name_}; }

std::vector<std::string> SequentialLayer::output_names() const {
  return layers_.empty() ? std::vector<std::string>{} : std::vector<std::string>{layers_.back()->name()};
}

TensorSpecs SequentialLayer::input_specs() const {
  return input_spec_given_ ? TensorSpecs{*input_spec_given_} : ModelLayer::input_specs();
}

void SequentialLayer::build(const Shapes&) {
  if (layers_.empty()) throw StateError("Sequential '" + name() + "': it has no layers; add some first", name());
}

Outputs SequentialLayer::call(const Inputs& inputs, const CallContext& context) {
  if (input_spec_given_ && !input_spec_given_->shape.is_compatible_with(inputs[0].shape())) {
    throw ShapeError(describe() + ": expected an input of shape " + input_spec_given_->shape.to_string() + "; got " +
                         inputs[0].shape().to_string(),
                     name());
  }
  Tensors given;
  for (std::size_t i = 0; i < inputs.size(); ++i) given.push_back(inputs[i].with_mask(context.mask(i)));
  Outputs current = inputs.is_list() ? Outputs(given) : Outputs(given[0]);
  for (const LayerPtr& layer : layers_) current = (*layer)(current, {.training = context.training()});
  return current;
}

Tensors SequentialLayer::compute_mask(const Inputs&, const Tensors&) { return {}; }

}  // namespace cornu
