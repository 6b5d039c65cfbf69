#include "layers/layer.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <set>
#include <utility>

#include "framework/error.h"
#include "framework/graph/graph.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/shape_of.h"
#include "framework/snake_case.h"
#include "layers/call_observer.h"
#include "layers/layer_call.h"
#include "layers/registry.h"
#include "layers/shared.h"
#include "layers/unheld_layers.h"

namespace cornu {
namespace {

// What this thread is calling, outermost first: gives paths, the training flag, and who holds whom.
struct ActiveCall {
  Layer* layer;
  bool training;
  ActiveCall* outer;
};
thread_local ActiveCall* active_call = nullptr;

// The layer whose call may call layers that it does not hold.
thread_local const Layer* caller_of_unheld = nullptr;
thread_local LossScope* loss_scope = nullptr;

class ActiveCallScope {
 public:
  ActiveCallScope(Layer* layer, bool training) : call_{layer, training, active_call} { active_call = &call_; }
  ActiveCallScope(const ActiveCallScope&) = delete;
  ActiveCallScope& operator=(const ActiveCallScope&) = delete;
  ~ActiveCallScope() { active_call = call_.outer; }

 private:
  ActiveCall call_;
};

// Tells this thread's observers of a call from its begin to its end, be that an exception.
class ObservedCall {
 public:
  ObservedCall(Layer& layer, const Inputs& inputs, const CallOptions& options) {
    if (CallObserver::of_this_thread().empty()) return;
    // A layer that is called by its own constructor has no owner yet: it is no part of any call.
    const LayerPtr owned = layer.weak_from_this().lock();
    if (!owned) return;
    for (CallObserver* observer : CallObserver::of_this_thread()) {
      observer->call_begins(owned, inputs, options);
      told_.push_back(observer);
    }
  }
  ObservedCall(const ObservedCall&) = delete;
  ObservedCall& operator=(const ObservedCall&) = delete;
  ~ObservedCall() {
    for (auto observer = told_.rbegin(); observer != told_.rend(); ++observer) (*observer)->call_fails();
  }

  Outputs ended(Outputs outputs) {
    while (!told_.empty()) {
      CallObserver* const observer = told_.back();
      told_.pop_back();
      outputs = observer->call_ends(outputs);
    }
    return outputs;
  }

 private:
  std::vector<CallObserver*> told_;
};

std::string path_of_active_calls(const std::string& last) {
  std::string path = last;
  for (const ActiveCall* call = active_call; call; call = call->outer) path = call->layer->name() + "/" + path;
  return path;
}

bool holds(const Layer& holder, const Layer& layer) {
  std::vector<LayerPtr> open = holder.sublayers();
  std::set<const Layer*> seen;
  while (!open.empty()) {
    const LayerPtr next = open.back();
    open.pop_back();
    if (next.get() == &layer) return true;
    if (!seen.insert(next.get()).second) continue;
    for (const LayerPtr& inner : next->sublayers()) open.push_back(inner);
  }
  return false;
}

std::uint64_t next_creation_number() {
  static std::atomic<std::uint64_t> counter{0};
  return counter.fetch_add(1, std::memory_order_relaxed);
}

// A tensor of a functional model being built: made from Input, not part of a graph that is being traced.
bool is_functional(const Tensor& tensor) { return tensor.is_symbolic() && !tensor.graph(); }

// The graph the inputs are symbols of; null for values.
std::shared_ptr<Graph> graph_of(const Inputs& inputs) {
  for (const Tensor& input : inputs) {
    if (input.is_symbolic()) return input.graph();
  }
  return nullptr;
}

// Visits a layer and all in it, depth first, each once.
template <typename Visit> void visit_layers(const Layer& root, const Visit& visit) {
  std::set<const Layer*> seen;
  const auto walk = [&](auto&& self, const Layer& layer) -> void {
    if (!seen.insert(&layer).second) return;
    visit(layer);
    for (const LayerPtr& inner : layer.sublayers()) self(self, *inner);
  };
  walk(walk, root);
}

void append_once(Variables& list, const Variable& variable) {
  if (std::find(list.begin(), list.end(), variable) == list.end()) list.push_back(variable);
}

}  // namespace

Layer::Layer(LayerSettings settings)
    : name_(std::move(settings.name)),
      named_(!name_.empty()),
      creation_number_(next_creation_number()),
      trainable_(settings.trainable),
      dtype_policy_(std::move(settings.dtype)),
      activity_regularizer_(std::move(settings.activity_regularizer)) {}

Layer::~Layer() = default;

const std::string& Layer::name() const {
  if (!name_.empty()) return name_;
  if (class_based_name_.empty()) class_based_name_ = automatic_base_name();
  return class_based_name_;
}

std::string Layer::automatic_base_name() const { return snake_case(class_name()); }

void Layer::set_automatic_name(const std::string& name) {
  if (!named_) name_ = name;
}

std::string Layer::describe() const {
  // While it is built or called this layer is itself the innermost of the calls.
  const bool inside = active_call && active_call->layer == this;
  std::string path = name();
  for (const ActiveCall* call = inside ? active_call->outer : active_call; call; call = call->outer) {
    path = call->layer->name() + "/" + path;
  }
  return class_name() + " '" + path + "'";
}

void Layer::set_trainable(bool trainable) {
  trainable_ = trainable;
  for (const LayerPtr& layer : sublayers()) layer->set_trainable(trainable);
}

// ---- calling

Outputs Layer::operator()(const Inputs& given, const CallOptions& options) {
  bool functional = std::any_of(given.begin(), given.end(), is_functional);
  with_replaced_tensors(options, [&](const Tensor& tensor) {
    functional = functional || is_functional(tensor);
    return tensor;
  });
  // 0. Inputs that were given by keyword.
  if (const std::vector<std::string> names = input_names(); given.size() < names.size()) {
    Tensors all = given.tensors();
    CallOptions others = options;
    while (all.size() < names.size()) {
      const auto argument = others.arguments.find(names[all.size()]);
      if (argument == others.arguments.end() || !std::holds_alternative<Tensor>(argument->second)) break;
      all.push_back(std::get<Tensor>(argument->second));
      others.arguments.erase(argument);
    }
    if (all.size() > given.size()) return (*this)(Inputs(std::move(all)), others);
  }
  // 1. Convert inputs.
  const Inputs inputs = converted(given);
  // 2. Check the input spec, and that whoever calls this layer holds it.
  check_input_spec(inputs);
  // 3. Build, 4. resolve training, 5. call, 6. record the call.
  return functional ? call_functional(inputs, options) : call_now(inputs, options);
}

Inputs Layer::converted(const Inputs& inputs) const {
  Tensors tensors;
  for (const Tensor& tensor : inputs) {
    if (!tensor.defined()) throw InvalidArgument(describe() + ": an input holds nothing", name());
    const bool cast =
        autocast_ && is_floating(tensor.dtype()) && tensor.dtype() != compute_dtype() && !is_functional(tensor);
    tensors.push_back(cast ? ops::cast(tensor, compute_dtype()).with_mask(tensor.mask()) : tensor);
  }
  return inputs.is_list() ? Inputs(std::move(tensors)) : Inputs(std::move(tensors.at(0)));
}

void Layer::check_input_spec(const Inputs& inputs) const {
  if (input_spec_.empty()) return;
  if (inputs.size() != input_spec_.size()) {
    throw InvalidArgument("Layer \"" + name() + "\" expects " + std::to_string(input_spec_.size()) +
                              " input(s), but it received " + std::to_string(inputs.size()) + " input tensors",
                          name());
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const InputSpec& spec = input_spec_[i];
    const Shape& shape = inputs[i].shape();
    const std::string start = describe() + ": Input " + std::to_string(i) + " of layer \"" + name() +
                              "\" is incompatible with the layer: expected ";
    const std::string full = ". Full shape received: " + shape.to_string();
    if (spec.ndim && shape.rank() != *spec.ndim) {
      throw ShapeError(
          start + "ndim=" + std::to_string(*spec.ndim) + ", found ndim=" + std::to_string(shape.rank()) + full, name());
    }
    if (spec.min_ndim && shape.rank() < *spec.min_ndim) {
      throw ShapeError(
          start + "min_ndim=" + std::to_string(*spec.min_ndim) + ", found ndim=" + std::to_string(shape.rank()) + full,
          name());
    }
    for (const auto& [axis, size] : spec.axes) {
      if (shape[axis] != kUnknown && shape[axis] != size) {
        throw ShapeError(start + "axis " + std::to_string(axis) + " of input shape to have value " +
                             std::to_string(size) + ", but received input with shape " + shape.to_string() +
                             ". Give it inputs of " + std::to_string(size) + " there, or make a second " +
                             class_name() + " for the other input.",
                         name());
      }
    }
  }
}

UnheldLayersScope::UnheldLayersScope(const Layer& caller) : outer_(std::exchange(caller_of_unheld, &caller)) {}
UnheldLayersScope::~UnheldLayersScope() { caller_of_unheld = outer_; }

void Layer::check_held_by_caller() const {
  if (!active_call || active_call->layer == this || active_call->layer == caller_of_unheld) return;
  if (own_weights_.empty() && sublayers().empty()) return;
  if (holds(*active_call->layer, *this)) return;
  throw StateError(
      describe() + " has weights and is called inside " + active_call->layer->describe() +
          ", which does not hold it: its weights would be neither trained nor saved. Make the handle a member "
          "of that layer's class (or put it into a LayerList member).",
      name());
}

Outputs Layer::call_functional(const Inputs& inputs, const CallOptions& options) {
  TensorSpecs input_specs;
  for (const Tensor& tensor : inputs) input_specs.push_back(tensor.spec());
  // The layer is traced once on symbols of its own to see what comes out.
  const auto graph = std::make_shared<Graph>("shape inference of " + name());
  TensorSpecs outputs;
  {
    const GraphScope scope(graph);
    const auto stand_in = [&](const Tensor& tensor) {
      return is_functional(tensor) ? graph->placeholder(tensor.spec()) : tensor;
    };
    Tensors symbols;
    for (const Tensor& tensor : inputs) symbols.push_back(stand_in(tensor));
    const Inputs traced = inputs.is_list() ? Inputs(symbols) : Inputs(symbols.at(0));
    for (const Tensor& output : call_now(converted(traced), with_replaced_tensors(options, stand_in))) {
      outputs.push_back(output.spec());
    }
  }
  const auto call = std::make_shared<LayerCall>(shared_from_this(), inputs, options, outputs);
  Tensors results;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    results.push_back(Tensor::symbol(outputs[i], call, static_cast<int>(i), nullptr));
  }
  return Outputs(std::move(results));
}

Outputs Layer::call_now(const Inputs& inputs, const CallOptions& options) {
  const std::shared_ptr<Graph> graph = graph_of(inputs);
  build_for(inputs.shapes());
  // Tensors of a graph that nobody traces into just now: the layer's variables are read there too.
  std::optional<GraphScope> tracing;
  if (graph && !(GraphScope::current() && GraphScope::current()->is_inside(*graph))) tracing.emplace(graph);
  check_held_by_caller();
  const bool training = options.training.value_or(active_call && active_call->training);
  Tensors masks = options.mask;
  masks.resize(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!masks[i].defined()) masks[i] = inputs[i].mask();
  }
  const ActiveCallScope scope(this, training);
  ObservedCall observed(*this, inputs, options);
  const Outputs outputs = call(inputs, CallContext(*this, training, masks, options.arguments));
  if (activity_regularizer_.defined()) {
    for (const Tensor& output : outputs) {
      const Tensor penalty = activity_regularizer_(output);
      if (output.rank() == 0) {
        add_loss(penalty);
        continue;
      }
      // Per example, so that the strength does not depend on the batch size.
      add_loss(ops::divide_no_nan(penalty, ops::cast(ops::count_along(output, 0), penalty.dtype())));
    }
  }
  Tensors output_masks = compute_mask(inputs, masks);
  output_masks.resize(outputs.size());
  Tensors results;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    // As in Keras a mask that a layer inside gave an output, such as that of a model's last layer, stays with it.
    results.push_back(output_masks[i].defined() ? outputs[i].with_mask(output_masks[i]) : outputs[i]);
  }
  return observed.ended(Outputs(std::move(results)));
}

Tensors Layer::compute_mask(const Inputs&, const Tensors& masks) {
  if (!supports_masking_ || masks.empty()) return {};
  return {masks[0]};
}

TensorSpecs Layer::compute_output_spec(const TensorSpecs& inputs, const CallOptions& options) {
  const auto graph = std::make_shared<Graph>("shape inference of " + name());
  const GraphScope scope(graph);
  Tensors symbols;
  for (const TensorSpec& spec : inputs) symbols.push_back(graph->placeholder(spec));
  const Inputs traced = symbols.size() == 1 ? Inputs(symbols[0]) : Inputs(symbols);
  TensorSpecs specs;
  for (const Tensor& output : (*this)(traced, options)) specs.push_back(output.spec());
  return specs;
}

Shapes Layer::compute_output_shape(const Shapes& inputs) {
  TensorSpecs specs;
  for (const Shape& shape : inputs) specs.push_back({shape, compute_dtype()});
  Shapes shapes;
  for (const TensorSpec& spec : compute_output_spec(specs)) shapes.push_back(spec.shape);
  return shapes;
}

void Layer::add_loss(const Tensor& loss) {
  if (loss_scope) loss_scope->losses_.push_back(loss);
}

LossScope::LossScope() : outer_(loss_scope) { loss_scope = this; }
LossScope::~LossScope() { loss_scope = outer_; }

// ---- weights

void Layer::build_for(const Shapes& inputs) {
  if (built_) return;
  // Weights are made at once even while a graph is traced: their first values are no part of it.
  const GraphScope eager(nullptr);
  const ActiveCallScope scope(this, false);
  build(inputs);
  build_shapes_ = inputs;
  built_ = true;
}

void Layer::mark_built(const Shapes& inputs) {
  build_shapes_ = inputs;
  built_ = true;
}

void Layer::build(const Shapes&) {}

Variable Layer::add_weight(const std::string& name, const Shape& shape, const WeightOptions& options) {
  const auto taken = [&](const Weight& weight) { return weight.variable.name() == name; };
  if (std::any_of(own_weights_.begin(), own_weights_.end(), taken)) {
    throw InvalidArgument(
        describe() + ": a weight named \"" + name + "\" exists already; give each weight a name of its own",
        this->name());
  }
  const DType dtype = options.dtype.value_or(variable_dtype());
  const Variable variable(options.initializer(shape, dtype, next_random_seed()),
                          {.name = name, .trainable = options.trainable});
  // During build this layer is the innermost active call, so the path is that of the calls.
  const bool building = active_call && active_call->layer == this;
  variable.set_path(building ? path_of_active_calls(name) : path_of_active_calls(this->name() + "/" + name));
  const auto first_frozen = std::find_if(own_weights_.begin(), own_weights_.end(),
                                         [](const Weight& weight) { return !weight.variable.trainable(); });
  own_weights_.insert(options.trainable ? first_frozen : own_weights_.end(),
                      {variable, options.regularizer, options.constraint, options.initializer});
  return variable;
}

Variable Layer::add_state(const std::string& name, const Tensor& initial_value) {
  const Variable variable(initial_value, {.name = name, .trainable = false});
  variable.set_path(path_of_active_calls(name));
  states_.push_back(variable);
  return variable;
}

Variable Layer::add_seed_state(std::optional<std::int64_t> seed) {
  const std::int64_t first = seed.value_or(static_cast<std::int64_t>(next_random_seed() >> 32));
  const Variable state(Tensor::copy({first, std::int64_t{0}}, {2}),
                       {.name = "seed_generator_state", .trainable = false});
  state.set_path(path_of_active_calls(name() + "/seed_generator/seed_generator_state"));
  seed_states_.push_back(state);
  return state;
}

Tensor Layer::next_random_state() {
  if (seed_states_.empty()) {
    const GraphScope eager(nullptr);
    add_seed_state();
  }
  const Variable& state = seed_states_.front();
  const Tensor current = state.value();
  state.assign(current + Tensor::copy({std::int64_t{0}, std::int64_t{1}}, {2}));
  return current;
}

std::vector<Weight> Layer::own_weights() const { return own_weights_; }

Variables Layer::stored_variables() const {
  Variables list;
  for (const Weight& weight : own_weights_) list.push_back(weight.variable);
  return list;
}

Tensor Layer::stored_value(const Variable& variable) const { return variable.snapshot(); }

Variables Layer::variables() const {
  Variables list;
  visit_layers(*this, [&](const Layer& layer) {
    for (const Weight& weight : layer.own_weights_) append_once(list, weight.variable);
    for (const Variable& state : layer.states_) append_once(list, state);
    for (const Variable& state : layer.seed_states_) append_once(list, state);
  });
  return list;
}

Variables Layer::weights() const {
  Variables list;
  for (const Weight& weight : all_weights()) list.push_back(weight.variable);
  return list;
}

std::vector<Weight> Layer::all_weights(bool trainable_only) const {
  std::vector<Weight> list;
  std::set<const VariableState*> seen;
  std::set<const Layer*> visited;
  // A frozen layer freezes what it holds, but a layer shared with an unfrozen holder is visited once, where it is met
  // first.
  const auto walk = [&](auto&& self, const Layer& layer, bool frozen) -> void {
    if (!visited.insert(&layer).second) return;
    frozen = frozen || !layer.trainable_;
    for (const Weight& weight : layer.own_weights_) {
      if (trainable_only && (frozen || !weight.variable.trainable())) continue;
      if (seen.insert(weight.variable.state().get()).second) list.push_back(weight);
    }
    for (const LayerPtr& inner : layer.sublayers()) self(self, *inner, frozen);
  };
  walk(walk, *this, false);
  return list;
}

Variables Layer::trainable_variables() const {
  Variables list;
  for (const Weight& weight : all_weights(true)) list.push_back(weight.variable);
  return list;
}

Variables Layer::non_trainable_variables() const {
  const Variables trainable = trainable_variables();
  Variables list;
  for (const Variable& variable : variables()) {
    if (std::find(trainable.begin(), trainable.end(), variable) == trainable.end()) list.push_back(variable);
  }
  return list;
}

std::int64_t Layer::count_params() const {
  std::int64_t count = 0;
  for (const Variable& variable : weights()) count += variable.shape().num_elements();
  return count;
}

Tensors Layer::get_weights() const {
  Tensors values;
  for (const Variable& variable : weights()) values.push_back(variable.snapshot().clone());
  return values;
}

void Layer::set_weights(const Tensors& values) {
  const Variables targets = weights();
  if (targets.size() != values.size()) {
    throw InvalidArgument(describe() + ": expected " + std::to_string(targets.size()) +
                              " values, one for each weight; got " + std::to_string(values.size()),
                          name());
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].shape() != targets[i].shape()) {
      throw ShapeError(describe() + ": expected shape " + targets[i].shape().to_string() + " for weight " +
                           std::to_string(i) + " '" + targets[i].path() + "'; got " + values[i].shape().to_string(),
                       name());
    }
  }
  for (std::size_t i = 0; i < values.size(); ++i) targets[i].assign(values[i]);
}

void Layer::reset_state() {
  for (const Variable& state : states_) {
    Tensor zero = state.snapshot().clone();
    std::fill_n(static_cast<std::byte*>(zero.raw()), zero.num_bytes(), std::byte{0});
    state.assign(zero);
  }
  for (const LayerPtr& layer : sublayers()) layer->reset_state();
}

Tensor Layer::compute_value(const Variable& variable) const {
  const Tensor value = variable.value();
  return is_floating(value.dtype()) ? ops::cast(value, compute_dtype()) : value;
}

// ---- sublayers

std::vector<LayerPtr> Layer::sublayers() const {
  std::vector<LayerPtr> list;
  for (const LayerAttribute& attribute : attributes()) {
    for (const LayerPtr& layer : attribute.layers) {
      if (std::find(list.begin(), list.end(), layer) == list.end()) list.push_back(layer);
    }
  }
  return list;
}

std::vector<LayerAttribute> Layer::attributes() const {
  std::vector<LayerAttribute> list;
  for (const Trackable* member : members_) {
    LayerAttribute attribute{.name = {}, .is_container = member->is_container(), .layers = member->held_layers()};
    if (attribute.layers.empty()) continue;
    const auto named = attribute_names_.find(member);
    if (named != attribute_names_.end()) {
      attribute.name = named->second;
    } else {
      attribute.name = attribute.is_container ? member->container_name() : attribute.layers[0]->name();
    }
    list.push_back(std::move(attribute));
  }
  return list;
}

void Layer::name_attribute(const Trackable& member, const std::string& name) { attribute_names_[&member] = name; }

// ---- configuration

Config Layer::config() const {
  Config config = Config::dict({{"name", name()}, {"trainable", trainable_}, {"dtype", dtype_policy_.serialized()}});
  if (activity_regularizer_.defined()) config.set("activity_regularizer", activity_regularizer_.serialized());
  return config;
}

LayerSettings Layer::settings_from(const Config& config) {
  LayerSettings settings;
  if (config.get("name").is_string()) settings.name = config.get("name").as_string();
  if (config.get("trainable").is_bool()) settings.trainable = config.get("trainable").as_bool();
  settings.dtype = DTypePolicy::from_config(config.get("dtype"));
  settings.activity_regularizer = Regularizer::from_config(config.get("activity_regularizer"));
  return settings;
}

}  // namespace cornu
