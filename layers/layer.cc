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
#include "framework/snake_case.h"
#include "framework/trainability.h"
#include "layers/active_call.h"
#include "layers/registry.h"
#include "layers/shared.h"

namespace cornu {
namespace {

std::uint64_t next_creation_number() {
  static std::atomic<std::uint64_t> counter{0};
  return counter.fetch_add(1, std::memory_order_relaxed);
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
  const bool inside = ActiveCall::innermost() && ActiveCall::innermost()->layer == this;
  std::string path = name();
  for (const ActiveCall* call = inside ? ActiveCall::innermost()->outer : ActiveCall::innermost(); call;
       call = call->outer) {
    path = call->layer->name() + "/" + path;
  }
  return class_name() + " '" + path + "'";
}

void Layer::set_trainable(bool trainable) {
  trainable_ = trainable;
  trainability_changed();
  for (const LayerPtr& layer : sublayers()) layer->set_trainable(trainable);
}

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
  const bool building = ActiveCall::innermost() && ActiveCall::innermost()->layer == this;
  variable.set_path(building ? ActiveCall::path(name) : ActiveCall::path(this->name() + "/" + name));
  const auto first_frozen = std::find_if(own_weights_.begin(), own_weights_.end(),
                                         [](const Weight& weight) { return !weight.variable.trainable(); });
  own_weights_.insert(options.trainable ? first_frozen : own_weights_.end(),
                      {variable, options.regularizer, options.constraint, options.initializer});
  trainability_changed();
  return variable;
}

Variable Layer::add_state(const std::string& name, const Tensor& initial_value) {
  const Variable variable(initial_value, {.name = name, .trainable = false});
  variable.set_path(ActiveCall::path(name));
  states_.push_back(variable);
  return variable;
}

Variable Layer::add_seed_state(std::optional<std::int64_t> seed) {
  const std::int64_t first = seed.value_or(static_cast<std::int64_t>(next_random_seed() >> 32));
  const Variable state(Tensor::copy({first, std::int64_t{0}}, {2}),
                       {.name = "seed_generator_state", .trainable = false});
  state.set_path(ActiveCall::path(name() + "/seed_generator/seed_generator_state"));
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
  std::set<const VariableState*> seen;
  const auto append_once = [&](const Variable& variable) {
    if (seen.insert(variable.state().get()).second) list.push_back(variable);
  };
  visit_layers(*this, [&](const Layer& layer) {
    for (const Weight& weight : layer.own_weights_) append_once(weight.variable);
    for (const Variable& state : layer.states_) append_once(state);
    for (const Variable& state : layer.seed_states_) append_once(state);
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
  std::set<const VariableState*> trainable;
  for (const Variable& variable : trainable_variables()) trainable.insert(variable.state().get());
  Variables list;
  for (const Variable& variable : variables()) {
    if (!trainable.contains(variable.state().get())) list.push_back(variable);
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
  std::set<const Layer*> seen;
  for (const LayerAttribute& attribute : attributes()) {
    for (const LayerPtr& layer : attribute.layers) {
      if (seen.insert(layer.get()).second) list.push_back(layer);
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
