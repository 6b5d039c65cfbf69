#include "models/v1/scoped_layer.h"

#include "framework/graph/graph.h"
#include "layers/regularizers/regularizer.h"
#include "layers/unheld_layers.h"
#include "models/v1/errors.h"
#include "models/v1/graph_body.h"
#include "models/v1/make_operation.h"
#include "models/v1/variable_maker.h"

namespace cornu::v1 {
namespace {

// A penalty written in the old style, as Keras' regularizer.
class ScopedRegularizer final : public cornu::Regularizer::Body {
 public:
  explicit ScopedRegularizer(v1::Regularizer function) : function_(std::move(function)) {}
  std::string class_name() const override { return "ScopedRegularizer"; }
  Config config() const override { return Config::dict(); }
  cornu::Tensor call(const cornu::Tensor& x) const override {
    const ImmediateScope immediate;
    return function_(x);
  }

 private:
  v1::Regularizer function_;
};

}  // namespace

// Makes weights of the layer, by the full names of variables.
class ScopedLayerBody::Store final : public TrackingStore {
 public:
  explicit Store(ScopedLayerBody& layer) : layer_(layer) {}

  Variable get_or_make(const std::string& full_name, const GetVariableOptions& options) override {
    const auto known = records_.find(full_name);
    if (known != records_.end()) {
      check_shared(full_name, options, known->second->variable.shape(), known->second->variable.dtype());
      return {nullptr, known->second};
    }
    const auto record = std::make_shared<VariableRecord>();
    record->name = full_name;
    record->trainable = options.trainable;
    record->variable = make_weight(full_name, options);
    record->layer = layer_.weak_from_this();
    records_[full_name] = record;
    return {nullptr, record};
  }

  AnyLayer layer(const std::string& name, const std::function<AnyLayer()>& make) {
    const std::shared_ptr<GraphBody> body = default_body();
    const std::string& scope = body->scopes.current()->name;
    AnyLayer& found = layers_[scope.empty() ? name : scope + "/" + name];
    if (!found.defined()) {
      found = make();
      layer_.layers_.push_back(found);
    }
    return found;
  }

 private:
  cornu::Variable make_weight(const std::string& full_name, const GetVariableOptions& options) {
    const GraphScope eager(nullptr);
    const ImmediateScope immediate;
    const DType dtype = options.dtype.value_or(float32);
    const v1::Initializer initializer = options.initializer.value_or(default_initializer(dtype));
    cornu::Tensor value;
    if (initializer.is_rule()) {
      if (!options.shape || !options.shape->is_known()) {
        throw errors::ValueError("get_variable: Shape of a new variable (" + full_name +
                                 ") must be fully defined; got " +
                                 (options.shape ? options.shape->to_string() : std::string("none")));
      }
      check_initializer_dtype(full_name, initializer, dtype);
      value = initializer.make(*options.shape, dtype);
    } else {
      value = (initializer.is_function() ? initializer.call() : initializer.given()).strong();
    }
    WeightOptions weight{.initializer = "zeros", .trainable = options.trainable, .dtype = value.dtype()};
    if (options.regularizer && options.regularizer(value).defined())
      weight.regularizer = cornu::Regularizer(std::make_shared<ScopedRegularizer>(options.regularizer));
    const cornu::Variable made = layer_.add_weight(full_name, value.shape(), weight);
    made.assign(value);
    return made;
  }

  ScopedLayerBody& layer_;
  std::map<std::string, std::shared_ptr<VariableRecord>> records_;
  std::map<std::string, AnyLayer> layers_;
};

ScopedLayerBody::ScopedLayerBody(Function function, const std::string& name)
    : Layer(name), function_(std::move(function)), layers_("layers"), store_(std::make_unique<Store>(*this)) {}

ScopedLayerBody::~ScopedLayerBody() = default;

std::vector<LayerAttribute> ScopedLayerBody::attributes() const { return Layer::attributes(); }

cornu::Tensors ScopedLayerBody::regularization_losses() const {
  cornu::Tensors losses;
  for (const Weight& weight : own_weights()) {
    if (weight.regularizer.defined()) losses.push_back(weight.regularizer(weight.variable.value()));
  }
  return losses;
}

Outputs ScopedLayerBody::call(const Inputs& inputs, const CallContext& context) {
  // The store is this layer's while its function runs, and whose it was before afterwards.
  struct Restore {
    TrackingStore* outer = TrackingStore::current();
    ~Restore() { TrackingStore::set_current(outer); }
  } restore;
  TrackingStore::set_current(store_.get());
  // Within old-style code the call has opened the layer's name scope already.
  const std::shared_ptr<GraphBody> names = default_body();
  const std::string& outer = names->name_scope();
  const NameScopeGuard inside(names, ImmediateScope::active() ? outer : outer.empty() ? name() : outer + "/" + name());
  const ImmediateScope immediate;
  // Other tracked layers that the function calls have stores of their own.
  const UnheldLayersScope unheld(*this);
  const Tensors results = function_(Tensors(inputs.begin(), inputs.end()), context.training());
  return Outputs(plain(results));
}

ScopedLayer::ScopedLayer(ScopedLayerBody::Function function, const std::string& name)
    : Shared(std::move(function), name) {}

ScopedLayer::ScopedLayer(std::function<Tensor(const Tensor&)> function, const std::string& name)
    : Shared(ScopedLayerBody::Function([function = std::move(function)](const Tensors& inputs, bool) {
               return Tensors{function(inputs.at(0))};
             }),
             name) {}

AnyLayer get_or_create_layer(const std::string& name, const std::function<AnyLayer()>& make) {
  if (auto* store = dynamic_cast<ScopedLayerBody::Store*>(TrackingStore::current())) return store->layer(name, make);
  if (ImmediateScope::active()) {
    throw errors::ValueError(
        "get_or_create_layer: expected to be called in the function of a v1::ScopedLayer "
        "(TensorFlow: a method under track_tf1_style_variables), which would hold layer \"" +
        name + "\"; on values nothing else does");
  }
  const std::shared_ptr<GraphBody> body = default_body();
  const ScopeSettings& scope = *body->scopes.current();
  LayerPtr& layer = body->scopes.layers[scope.name.empty() ? name : scope.name + "/" + name];
  if (!layer || scope.reuse == Reuse()) layer = make().ptr();
  return AnyLayer(layer);
}

AnyLayer scope_layer(const std::string& scope) {
  const std::map<std::string, LayerPtr>& layers = default_body()->scopes.layers;
  const auto it = layers.find(scope);
  if (it != layers.end()) return AnyLayer(it->second);
  std::string known;
  for (const auto& [name, layer] : layers) known += (known.empty() ? "'" : ", '") + name + "'";
  throw errors::KeyError("scope_layer: no layer behind scope '" + scope + "'; there are " +
                         (known.empty() ? "none" : known));
}

}  // namespace cornu::v1
