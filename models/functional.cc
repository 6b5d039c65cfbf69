#include "models/functional.h"

#include <algorithm>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "layers/core/input.h"
#include "models/unique_names.h"

namespace cornu {
namespace {

Tensors values_of(const NamedTensors& named) {
  Tensors tensors;
  for (const auto& [name, tensor] : named) tensors.push_back(tensor);
  return tensors;
}

std::vector<std::string> keys_of(const NamedTensors& named) {
  std::vector<std::string> keys;
  for (const auto& [name, tensor] : named) keys.push_back(name);
  return keys;
}

LayerSettings settings_of(const ModelOptions& options) {
  return {.name = options.name, .trainable = options.trainable};
}

// The name of what made a tensor: its layer, or its operation.
std::string origin_name(const Tensor& tensor) {
  if (const auto* call = dynamic_cast<const LayerCall*>(tensor.origin().get())) return call->layer()->name();
  return Node::of(tensor)->operation().name;
}

}  // namespace

FunctionalLayer::FunctionalLayer(const Tensors& inputs, const Tensors& outputs, const ModelOptions& options)
    : ModelLayer(settings_of(options)), graph_(inputs, outputs), layers_(graph_.layers()) {
  name_layers();
  prepare_names();
}

FunctionalLayer::FunctionalLayer(const NamedTensors& inputs, const NamedTensors& outputs, const ModelOptions& options)
    : ModelLayer(settings_of(options)),
      graph_(values_of(inputs), values_of(outputs)),
      layers_(graph_.layers()),
      input_names_(keys_of(inputs)),
      output_names_(keys_of(outputs)) {
  name_layers();
  prepare_names();
}

FunctionalLayer::FunctionalLayer(const NamedTensors& inputs, const Tensors& outputs, const ModelOptions& options)
    : ModelLayer(settings_of(options)),
      graph_(values_of(inputs), outputs),
      layers_(graph_.layers()),
      input_names_(keys_of(inputs)) {
  name_layers();
  prepare_names();
}

FunctionalLayer::FunctionalLayer(const Tensors& inputs, const Tensors& outputs, std::vector<LayerPtr> layers,
                                 std::vector<std::string> input_names, std::vector<std::string> output_names,
                                 const ModelOptions& options)
    : ModelLayer(settings_of(options)),
      graph_(inputs, outputs),
      layers_(std::move(layers)),
      input_names_(std::move(input_names)),
      output_names_(std::move(output_names)) {
  name_layers();
  prepare_names();
}

// Automatic names are counted within the model: "dense", "dense_1". A name given twice is the author's mistake.
void FunctionalLayer::name_layers() {
  UniqueNames names;
  for (const LayerPtr& layer : layers_) {
    if (!layer->has_given_name() || names.take(layer->name())) continue;
    throw InvalidArgument(
        "Model '" + name() + "': two layers are named \"" + layer->name() + "\"; give each a name of its own", name());
  }
  std::vector<LayerPtr> by_creation = layers_;
  std::stable_sort(by_creation.begin(), by_creation.end(),
                   [](const LayerPtr& a, const LayerPtr& b) { return a->creation_number() < b->creation_number(); });
  for (const LayerPtr& layer : by_creation) {
    if (layer->has_given_name()) continue;
    layer->set_automatic_name(names.take_or_number(layer->name(), layer->automatic_base_name()));
  }
}

void FunctionalLayer::prepare_names() {
  if (input_names_.empty()) {
    for (const Tensor& input : graph_.inputs())
      input_names_.push_back(input.name().empty() ? origin_name(input) : input.name());
  }
  if (output_names_.empty()) {
    // One layer may give several outputs, or be called several times.
    UniqueNames names;
    for (const Tensor& output : graph_.outputs()) {
      const std::string name = origin_name(output);
      output_names_.push_back(names.take_or_number(name, name));
    }
  }
  // All weights exist: the symbolic calls that made the outputs built every layer.
  mark_built(shapes_of_inputs());
}

Shapes FunctionalLayer::shapes_of_inputs() const {
  Shapes shapes;
  for (const Tensor& input : graph_.inputs()) shapes.push_back(input.shape());
  return shapes;
}

std::vector<LayerAttribute> FunctionalLayer::attributes() const {
  return {{.name = "layers", .is_container = true, .layers = layers_}};
}

TensorSpecs FunctionalLayer::input_specs() const {
  TensorSpecs specs;
  for (const Tensor& input : graph_.inputs()) specs.push_back(input.spec());
  return specs;
}

Outputs FunctionalLayer::call(const Inputs& inputs, const CallContext& context) {
  const Tensors& expected = graph_.inputs();
  if (inputs.size() != expected.size()) {
    throw InvalidArgument("Layer \"" + name() + "\" expects " + std::to_string(expected.size()) +
                              " input(s), but it received " + std::to_string(inputs.size()) + " input tensors",
                          name());
  }
  Tensors given;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (!expected[i].shape().is_compatible_with(inputs[i].shape())) {
      throw ShapeError(
          describe() + ": expected shape " + expected[i].shape().to_string() + " for input " + std::to_string(i) +
              " \"" + input_names_[i] + "\"; got " + inputs[i].shape().to_string() +
              ". Inputs in a list come in the order in which the model was made with them; a map binds by name.",
          name());
    }
    Tensor input = ops::cast(inputs[i], expected[i].dtype()).with_mask(context.mask(i));
    given.push_back(std::move(input));
  }
  return graph_.replay(given, context.training());
}

Tensors FunctionalLayer::compute_mask(const Inputs&, const Tensors&) { return {}; }

Model::Model(const Tensor& input, const Tensor& output, const ModelOptions& options)
    : Model(Tensors{input}, Tensors{output}, options) {}
Model::Model(const Tensors& inputs, const Tensors& outputs, const ModelOptions& options)
    : SharedModel(inputs, outputs, options) {}
Model::Model(const Tensors& inputs, const Tensor& output, const ModelOptions& options)
    : Model(inputs, Tensors{output}, options) {}
Model::Model(const Tensor& input, const Tensors& outputs, const ModelOptions& options)
    : Model(Tensors{input}, outputs, options) {}
Model::Model(const NamedTensors& inputs, const NamedTensors& outputs, const ModelOptions& options)
    : SharedModel(inputs, outputs, options) {}
Model::Model(const NamedTensors& inputs, const Tensor& output, const ModelOptions& options)
    : SharedModel(inputs, Tensors{output}, options) {}

}  // namespace cornu
