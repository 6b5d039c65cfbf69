#include "models/v1/variable_maker.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "layers/layer.h"
#include "models/v1/array_ops.h"
#include "models/v1/errors.h"
#include "models/v1/make_operation.h"
#include "models/v1/scope_layer.h"

namespace cornu::v1 {
namespace {

thread_local TrackingStore* current_store = nullptr;

// A variable belongs to no branch of a cond and waits for nothing, wherever it is made.
class OutsideOfFlow {
 public:
  explicit OutsideOfFlow(std::shared_ptr<GraphBody> body) : body_(std::move(body)), branch_(body_->branch()) {
    body_->push_control_inputs(std::nullopt);
    body_->set_branch(nullptr);
  }
  OutsideOfFlow(const OutsideOfFlow&) = delete;
  OutsideOfFlow& operator=(const OutsideOfFlow&) = delete;
  ~OutsideOfFlow() {
    body_->set_branch(branch_);
    body_->pop_control_inputs();
  }

 private:
  std::shared_ptr<GraphBody> body_;
  std::shared_ptr<const Branch> branch_;
};

// The value given, as a tensor of the graph and of the dtype asked for.
Tensor initial_tensor(const std::shared_ptr<GraphBody>& body, const NewVariable& variable) {
  const std::string scope = variable.name + "/";
  const auto in_graph = [&](const Tensor& value) -> Tensor {
    if (value.is_symbolic()) {
      if (variable.dtype && value.dtype() != *variable.dtype) {
        throw errors::ValueError("Variable " + variable.name + ": expected an initial value of dtype " +
                                 name_of(*variable.dtype) + "; got a tensor of dtype " + name_of(value.dtype()));
      }
      return value;
    }
    cornu::Tensor literal = value.strong();
    if (value.is_weak() && value.dtype() == int64) literal = ops::cast(literal, int32);
    if (variable.dtype && literal.dtype() != *variable.dtype) {
      if (!value.is_weak()) {
        throw errors::ValueError("Variable " + variable.name + ": expected an initial value of dtype " +
                                 name_of(*variable.dtype) + "; got an array of dtype " + name_of(literal.dtype()));
      }
      literal = ops::cast(literal, *variable.dtype);
    }
    return body->add_constant(scope + "initial_value", literal);
  };
  if (!variable.initializer.is_rule() && !variable.initializer.is_function())
    return in_graph(variable.initializer.given());
  const NameScopeGuard inside(body, variable.name + "/Initializer");
  if (variable.initializer.is_function()) return in_graph(variable.initializer.call());
  return variable.initializer.make(*variable.shape, variable.dtype.value_or(float32));
}

cornu::Variable owned_variable(GraphBody& body, const std::string& name, const TensorSpec& spec, bool trainable,
                               std::weak_ptr<Layer>& owner) {
  const std::string weight = last_component(name);
  const std::string scope = weight.size() == name.size() ? "" : name.substr(0, name.size() - weight.size() - 1);
  const LayerPtr layer = layer_behind(body, scope);
  owner = layer;
  if (const auto scope_layer = std::dynamic_pointer_cast<ScopeLayerBody>(layer))
    return scope_layer->make_weight(weight, spec.shape, spec.dtype, trainable);
  for (const Weight& own : layer->own_weights()) {
    if (own.variable.name() == weight && own.variable.shape() == spec.shape && own.variable.dtype() == spec.dtype)
      return own.variable;
  }
  // A variable that a real layer knows nothing of, such as one made beside it in the same scope.
  const auto beside = std::dynamic_pointer_cast<ScopeLayerBody>(layer_behind(body, scope + "/"));
  owner = beside;
  return beside->make_weight(weight, spec.shape, spec.dtype, trainable);
}

}  // namespace

TrackingStore* TrackingStore::current() { return current_store; }
void TrackingStore::set_current(TrackingStore* store) { current_store = store; }

LayerPtr layer_behind(GraphBody& body, const std::string& scope) {
  LayerPtr& layer = body.scopes.layers[scope];
  if (!layer) layer = ScopeLayer(scope.empty() ? std::string("root") : last_component(scope)).ptr();
  return layer;
}

Initializer default_initializer(DType dtype) {
  return is_floating(dtype) ? glorot_uniform_initializer() : zeros_initializer();
}

void check_initializer_dtype(const std::string& name, const Initializer& initializer, DType dtype) {
  if (!initializer.is_floating_only() || is_floating(dtype)) return;
  throw errors::TypeError("get_variable: Variable " + name + ": a random initializer makes fractions; got dtype " +
                          name_of(dtype) + ". Give it zeros_initializer() or constant_initializer(...).");
}

void check_shared(const std::string& name, const GetVariableOptions& options, const Shape& shape, DType dtype) {
  if (options.shape && !options.shape->is_compatible_with(shape)) {
    throw errors::ValueError("get_variable: Trying to share variable " + name + ", but specified shape " +
                             options.shape->to_string() + " and found shape " + shape.to_string() +
                             ". Ask for the shape found, or use another scope or name.");
  }
  if (options.dtype && *options.dtype != dtype) {
    throw errors::ValueError("get_variable: Trying to share variable " + name + ", but specified dtype " +
                             name_of(*options.dtype) + " and found dtype " + name_of(dtype) +
                             ". Ask for the dtype found, or use another scope or name.");
  }
}

std::shared_ptr<VariableRecord> make_variable(const std::shared_ptr<GraphBody>& body, const NewVariable& variable) {
  const OutsideOfFlow outside(body);
  const std::string scope = variable.name + "/";
  const Tensor initial = initial_tensor(body, variable);
  const TensorSpec spec = initial.spec();
  if (!spec.shape.is_known()) {
    throw errors::ValueError("Variable " + variable.name +
                             ": expected an initial value of a fully defined shape; got " + spec.shape.to_string());
  }
  const auto record = std::make_shared<VariableRecord>();
  record->name = variable.name;
  record->trainable = variable.trainable;
  record->initial_value = initial;
  record->variable = owned_variable(*body, variable.name, spec, variable.trainable, record->layer);
  if (variable.constraint) {
    record->constraint = [constraint = variable.constraint](const cornu::Tensor& value) -> cornu::Tensor {
      return constraint(value);
    };
  }
  OperationRecord& node = body->add_operation(
      variable.name,
      {.type = "VariableV2", .outputs = {spec}, .execute = [target = record.get()](Run& run, const OperationRecord&) {
         return cornu::Tensors{run.value_at_start(*target)};
       }});
  node.variable = record;
  record->handle = node.node->output(0).with_variable(record->variable.state());
  OperationRecord& assign = body->add_operation(scope + "Assign", {.type = "Assign",
                                                                   .inputs = {record->handle, initial},
                                                                   .outputs = {spec},
                                                                   .execute =
                                                                       [](Run& run, const OperationRecord& operation) {
                                                                         const cornu::Tensor value =
                                                                             run.value(operation.node->input(1));
                                                                         run.assign(*operation.variable, value);
                                                                         return cornu::Tensors{value};
                                                                       },
                                                                   .first_input_is_reference = true});
  assign.variable = record;
  record->initializer = &assign;
  const OperationRecord& read = body->add_operation(
      scope + "read",
      {.type = "Identity", .inputs = {record->handle}, .outputs = {spec}, .compute = [](const cornu::Tensors& in) {
         return in;
       }});
  record->read = read.node->output(0).with_variable(record->variable.state());
  body->add_variable(record, variable.collections);
  return record;
}

}  // namespace cornu::v1
