#include "models/v1/graph_body.h"

#include <algorithm>
#include <functional>

#include "framework/operation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "layers/call_observer.h"
#include "layers/layer.h"
#include "models/v1/errors.h"
#include "models/v1/initializer.h"
#include "models/v1/operation_types.h"

namespace cornu::v1 {
namespace {

const cornu::Operation& kOperation = register_operation({.name = "v1_operation"});

thread_local int immediate_scopes = 0;

cornu::Tensors assign_second_input(Run& run, const OperationRecord& assign) {
  run.assign(*assign.variable, run.value(assign.node->input(1)));
  return {};
}

// The thread's default graph, and the names its layers get.
class ThreadState final : public CallObserver {
 public:
  std::shared_ptr<GraphBody>& default_graph() { return default_graph_; }

  void made(const LayerPtr& layer) override { default_graph_->layer_made(layer); }

  void call_begins(const LayerPtr& layer, const Inputs& inputs, const CallOptions&) override {
    const bool symbolic = std::any_of(inputs.begin(), inputs.end(), [](const auto& x) { return x.is_symbolic(); });
    const std::shared_ptr<GraphBody> body = symbolic               ? body_of(inputs[0])
                                            : immediate_scopes > 0 ? default_graph_
                                                                   : nullptr;
    calls_.push_back({body, body ? body->name_scope() : std::string()});
    if (!body) return;
    const std::string& outer = calls_.back().outer_scope;
    const std::string name = body->layer_name(*layer);
    // On values a second call has the name of the first.
    body->set_name_scope(symbolic ? body->unique_scope(name) : outer.empty() ? name : outer + "/" + name);
    if (symbolic) {
      body->add_layer_variables(layer);
    } else if (body->first_meets(*layer)) {
      for (const Weight& weight : layer->own_weights())
        weight.variable.set_path(body->name_scope() + "/" + weight.variable.name());
    }
  }
  Outputs call_ends(const Outputs& outputs) override {
    call_fails();
    return outputs;
  }
  void call_fails() noexcept override {
    if (calls_.back().body) calls_.back().body->set_name_scope(std::move(calls_.back().outer_scope));
    calls_.pop_back();
  }

 private:
  // Whose book of names a call is written in: that of the shim's graph, or, for values in old-style code, of the
  // default graph; null for calls that are not the shim's.
  struct Call {
    std::shared_ptr<GraphBody> body;
    std::string outer_scope;
  };
  std::shared_ptr<GraphBody> default_graph_ = std::make_shared<GraphBody>("graph");
  std::vector<Call> calls_;
};

ThreadState& thread_state() {
  thread_local ThreadState state;
  return state;
}

}  // namespace

std::string GraphBody::unique_scope(const std::string& name) {
  if (!name.empty() && name.back() == '/') {
    check_not_finalized();
    check_name(name, true, "operation or scope");
    return name.substr(0, name.size() - 1);
  }
  check_name(name, name_scope_.empty(), "operation or scope");
  return names_.take_unique(name_scope_.empty() ? name : name_scope_ + "/" + name);
}

void GraphBody::check_not_finalized() const {
  if (finalized_) {
    throw errors::RuntimeError("Graph '" + this->name() +
                               "' is finalized and cannot be modified. Build everything before finalize(), or build in "
                               "another graph.");
  }
}

OperationRecord& GraphBody::add_record(const std::string& name, const std::string& type, std::shared_ptr<Node> node) {
  if (by_name_.contains(name)) {
    throw errors::ValueError("Duplicate node name in graph: '" + name +
                             "'. A name that ends in \"/\" is taken as it stands; leave the slash out.");
  }
  auto record = std::make_unique<OperationRecord>();
  record->name = name;
  record->type = type;
  record->node = std::move(node);
  record->branch = branch_;
  record->control_inputs = control_inputs_for(*record);
  for (Controller& controller : controllers_.back()) controller.made_inside.insert(record.get());
  by_node_[record->node.get()] = record.get();
  by_name_[name] = record.get();
  records_.push_back(std::move(record));
  return *records_.back();
}

OperationRecord& GraphBody::add_operation(const std::string& name, NewOperation operation) {
  check_not_finalized();
  auto node = cornu::Graph::add(kOperation, std::move(operation.inputs), {}, std::move(operation.outputs));
  OperationRecord& record = add_record(name, operation.type, std::move(node));
  record.compute = std::move(operation.compute);
  record.execute = std::move(operation.execute);
  record.first_input_is_reference = operation.first_input_is_reference;
  record.is_differentiable = operation.is_differentiable;
  return record;
}

cornu::Tensor GraphBody::add_constant(const std::string& name, const cornu::Tensor& given) {
  const cornu::Tensor value = given.strong();
  OperationRecord& record =
      add_operation(name, {.type = "Const", .outputs = {value.spec()}, .compute = [value](const cornu::Tensors&) {
                             return cornu::Tensors{value};
                           }});
  record.constant = value;
  return record.node->output(0);
}

const OperationRecord* GraphBody::find(const std::string& name) const {
  const auto it = by_name_.find(name);
  return it == by_name_.end() ? nullptr : it->second;
}

OperationRecord& GraphBody::record_of(const cornu::Tensor& tensor) {
  return *by_node_.at(static_cast<const Node*>(tensor.origin().get()));
}

const OperationRecord& GraphBody::record_of(const cornu::Tensor& tensor) const {
  return *by_node_.at(static_cast<const Node*>(tensor.origin().get()));
}

std::string GraphBody::tensor_name(const OperationRecord& record, int output) {
  return record.name + ":" + std::to_string(output);
}

// ---- order

void GraphBody::push_control_inputs(std::optional<std::vector<const OperationRecord*>> operations) {
  if (operations) {
    controllers_.back().push_back({std::move(*operations), {}});
  } else {
    controllers_.emplace_back();
    controllers_.back().push_back({});
  }
}

void GraphBody::pop_control_inputs() {
  controllers_.back().pop_back();
  if (controllers_.back().empty() && controllers_.size() > 1) controllers_.pop_back();
}

// An operation that already takes what was made inside a control scope waits through that.
std::vector<const OperationRecord*> GraphBody::control_inputs_for(const OperationRecord& made) {
  std::vector<const OperationRecord*> sources;
  for (const cornu::Tensor& input : made.node->inputs()) sources.push_back(&record_of(input));
  const auto is_source = [&](const OperationRecord* r) {
    return std::find(sources.begin(), sources.end(), r) != sources.end();
  };
  std::vector<const OperationRecord*> result;
  for (const Controller& controller : controllers_.back()) {
    const bool waits = std::any_of(sources.begin(), sources.end(),
                                   [&](const OperationRecord* r) { return controller.made_inside.contains(r); });
    if (waits) continue;
    for (const OperationRecord* input : controller.inputs) {
      if (!is_source(input) && std::find(result.begin(), result.end(), input) == result.end()) result.push_back(input);
    }
  }
  return result;
}

std::uint64_t GraphBody::random_stream(std::optional<std::int64_t> operation_seed) {
  ++num_random_operations_;
  // Streams of operations with seeds of their own, of those in a seeded graph, and of others never meet.
  if (operation_seed)
    return std::hash<std::string>{}("op " + std::to_string(seed.value_or(0)) + " " + std::to_string(*operation_seed));
  if (seed)
    return std::hash<std::string>{}("graph " + std::to_string(*seed) + " " + std::to_string(num_random_operations_));
  return 0;
}

// ---- variables and layers

std::shared_ptr<VariableRecord> GraphBody::variable_of(const cornu::Variable& variable) const {
  const auto it = by_variable_.find(variable.state().get());
  return it == by_variable_.end() ? nullptr : it->second;
}

std::string GraphBody::layer_name(const Layer& layer) {
  if (layer.has_given_name()) return layer.name();
  const auto known = layer_names_.find(layer.creation_number());
  if (known != layer_names_.end()) return known->second;
  return layer_names_[layer.creation_number()] = next_layer_name(layer.automatic_base_name());
}

std::string GraphBody::next_layer_name(const std::string& base) {
  const int count = layer_counts_[base]++;
  return count == 0 ? base : base + "_" + std::to_string(count);
}

void GraphBody::layer_made(const LayerPtr& layer) { layer_name(*layer); }

bool GraphBody::first_meets(const Layer& layer) { return met_layers_.insert(layer.creation_number()).second; }

void GraphBody::add_layer_variables(const LayerPtr& layer) {
  for (const Weight& weight : layer->own_weights()) add_layer_variable(layer, weight);
  for (const cornu::Variable& state : layer->seed_states())
    add_layer_variable(layer, {.variable = state, .regularizer = {}, .constraint = {}, .initializer = {}});
}

void GraphBody::add_layer_variable(const LayerPtr& layer, const Weight& weight) {
  const cornu::Variable& variable = weight.variable;
  if (by_variable_.contains(variable.state().get())) return;
  const auto record = std::make_shared<VariableRecord>();
  record->name = unique_scope(variable.name());
  record->variable = variable;
  record->layer = layer;
  record->trainable = variable.trainable() && (!layer || layer->trainable());
  const std::string scope = record->name + "/";
  const TensorSpec spec{variable.shape(), variable.dtype()};
  OperationRecord& handle = add_operation(
      record->name,
      {.type = "VarHandleOp", .outputs = {spec}, .execute = [target = record.get()](Run& run, const OperationRecord&) {
         return cornu::Tensors{run.value_at_start(*target)};
       }});
  handle.variable = record;
  record->handle = handle.node->output(0).with_variable(variable.state());
  record->read = record->handle;
  record->initial_value = initial_value_of(weight, record->name + "/Initializer");
  OperationRecord& assign = add_operation(scope + "Assign", {.type = "AssignVariableOp",
                                                             .inputs = {record->handle, record->initial_value},
                                                             .execute = assign_second_input,
                                                             .first_input_is_reference = true});
  assign.variable = record;
  record->initializer = &assign;
  OperationRecord& asks = add_operation(scope + "IsInitialized/VarIsInitializedOp",
                                        {.type = "VarIsInitializedOp",
                                         .inputs = {record->handle},
                                         .outputs = {{Shape{}, boolean}},
                                         .execute =
                                             [](Run& run, const OperationRecord& operation) {
                                               return cornu::Tensors{run.is_initialized(*operation.variable)};
                                             },
                                         .first_input_is_reference = true,
                                         .is_differentiable = false});
  asks.variable = record;
  add_operation(scope + "Read/ReadVariableOp", {.type = "ReadVariableOp",
                                                .inputs = {record->handle},
                                                .outputs = {spec},
                                                .compute = [](const cornu::Tensors& in) { return in; }});
  add_variable(record);
}

// As each session draws it anew; what no initializer made begins with the value that the layer has now.
cornu::Tensor GraphBody::initial_value_of(const Weight& weight, const std::string& scope) {
  const cornu::Variable& variable = weight.variable;
  const NameScopeGuard inside(shared(), scope);
  if (!weight.initializer) return add_constant(unique_scope("initial_value"), variable.snapshot());
  return Initializer::from_keras(*weight.initializer).make(variable.shape(), variable.dtype());
}

void GraphBody::add_variable(const std::shared_ptr<VariableRecord>& record, const std::vector<std::string>& keys) {
  by_variable_[record->variable.state().get()] = record;
  variables.push_back(record);
  for (const std::string& key : keys.empty() ? std::vector<std::string>{"variables"} : keys)
    collections[key].push_back(record);
  if (record->trainable) collections["trainable_variables"].push_back(record);
}

cornu::Tensor GraphBody::read(const cornu::Variable& variable) {
  const std::shared_ptr<VariableRecord> known = variable_of(variable);
  if (known) return known->read;
  add_layer_variable(nullptr, {.variable = variable, .regularizer = {}, .constraint = {}, .initializer = {}});
  return variable_of(variable)->read;
}

void GraphBody::assign(const cornu::Variable& variable, const cornu::Tensor& value) {
  read(variable);
  const std::shared_ptr<VariableRecord> record = variable_of(variable);
  const cornu::Tensor cast = value.dtype() == variable.dtype() ? value : ops::cast(value, variable.dtype());
  OperationRecord& assign =
      add_named("AssignVariableOp",
                {.type = "AssignVariableOp",
                 .inputs = {record->handle, cast.is_symbolic() ? cast : add_constant(unique_scope("Const"), cast)},
                 .execute = assign_second_input,
                 .first_input_is_reference = true});
  assign.variable = record;
  collections["update_ops"].push_back(&assign);
}

std::shared_ptr<Node> GraphBody::add(const cornu::Operation& operation, cornu::Tensors inputs, Attributes attributes,
                                     TensorSpecs outputs) {
  check_not_finalized();
  const OperationType type = operation_type(operation.name, attributes);
  const std::string name = unique_scope(type.default_name);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    cornu::Tensor& input = inputs[i];
    const std::string place =
        name + "/" + (i < type.parameters.size() ? type.parameters[i] : "input_" + std::to_string(i));
    if (!input.is_symbolic()) {
      input = add_constant(names_.take_unique(place), input);
    } else if (record_of(input).type == "VarHandleOp") {
      const cornu::Tensor handle = input;
      OperationRecord& reads = add_operation(names_.take_unique(name + "/ReadVariableOp"),
                                             {.type = "ReadVariableOp",
                                              .inputs = {handle},
                                              .outputs = {handle.spec()},
                                              .compute = [](const cornu::Tensors& x) { return x; }});
      input = reads.node->output(0);
    }
  }
  auto node = cornu::Graph::add(operation, std::move(inputs), std::move(attributes), std::move(outputs));
  add_record(name, type.type, node);
  return node;
}

// ---- which graph

std::shared_ptr<GraphBody> default_body() { return thread_state().default_graph(); }

std::shared_ptr<GraphBody>& mutable_default_body() { return thread_state().default_graph(); }

std::shared_ptr<GraphBody> body_of(const cornu::Tensor& tensor) {
  if (!tensor.defined() || !tensor.is_symbolic()) return nullptr;
  return std::dynamic_pointer_cast<GraphBody>(tensor.graph());
}

std::shared_ptr<GraphBody> body_for(const cornu::Tensors& inputs) {
  std::shared_ptr<GraphBody> found;
  const cornu::Tensor* first = nullptr;
  bool traced = false;
  for (const cornu::Tensor& input : inputs) {
    if (!input.is_symbolic()) continue;
    const std::shared_ptr<GraphBody> body = body_of(input);
    traced = traced || !body;
    if (!body) continue;
    if (found && found != body) {
      throw errors::ValueError("Tensor '" + GraphBody::tensor_name(body->record_of(input), input.output_index()) +
                               "' must be from the same graph as Tensor '" +
                               GraphBody::tensor_name(found->record_of(*first), first->output_index()) + "' (graphs '" +
                               body->name() + "' and '" + found->name() +
                               "'). Build both in one graph, or move the value over with constant(...).");
    }
    found = body;
    first = &input;
  }
  if (found) return found;
  if (traced || ImmediateScope::active()) return nullptr;
  return default_body();
}

ImmediateScope::ImmediateScope() { ++immediate_scopes; }
ImmediateScope::~ImmediateScope() { --immediate_scopes; }
bool ImmediateScope::active() { return immediate_scopes > 0; }

NameScopeGuard::NameScopeGuard(std::shared_ptr<GraphBody> body, std::string scope)
    : body_(std::move(body)), outer_(body_->name_scope()) {
  body_->set_name_scope(std::move(scope));
}
NameScopeGuard::~NameScopeGuard() { body_->set_name_scope(outer_); }

}  // namespace cornu::v1
