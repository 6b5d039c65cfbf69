#include "models/v1/variable.h"

#include <algorithm>

#include "framework/gradients.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/control_flow.h"
#include "models/v1/array_ops.h"
#include "models/v1/errors.h"
#include "models/v1/make_operation.h"
#include "models/v1/session.h"
#include "models/v1/variable_maker.h"

namespace cornu::v1 {
namespace {

// What an assignment assigns, of the variable's value and the operand.
using Update = cornu::Tensor (*)(const cornu::Tensor& current, const cornu::Tensor& operand);

Tensor assigning(const char* type, const Variable& variable, const Tensor& value, const std::string& name,
                 Update update) {
  if (variable.is_tensor()) {
    throw errors::ValueError(std::string(type) + ": expected a variable; got tensor '" + variable.name() + "'");
  }
  if (!variable.body()) {
    const cornu::Variable& held = variable.layer_variable();
    held.assign(update ? update(held.value(), value) : cornu::Tensor(value));
    return held.value();
  }
  return with_v1_errors([&]() -> Tensor {
    const std::shared_ptr<GraphBody>& body = variable.body();
    if (value.is_symbolic()) body_for({variable.record()->handle, value});
    if (update && variable.dtype() == boolean) {
      throw errors::TypeError(std::string(type) + ": expected a variable of numbers; got " + variable.name() +
                              " of dtype bool");
    }
    if ((!value.is_weak() || (is_floating(value.dtype()) && !is_floating(variable.dtype()))) &&
        value.dtype() != variable.dtype()) {
      throw errors::TypeError(std::string(type) + ": expected a value of dtype " + name_of(variable.dtype()) +
                              ", that of variable " + variable.name() + "; got " + name_of(value.dtype()));
    }
    if (!value.shape().is_compatible_with(variable.shape())) {
      throw errors::ValueError(std::string(type) + ": expected a value of shape " + variable.shape().to_string() +
                               ", that of variable " + variable.name() + "; got " + value.shape().to_string());
    }
    const std::string complete = body->unique_scope(name.empty() ? type : name);
    const cornu::Tensor operand =
        value.is_symbolic() ? cornu::Tensor(value)
                            : body->add_constant(complete + "/value", ops::cast(value.strong(), variable.dtype()));
    OperationRecord& record =
        body->add_operation(complete, {.type = type,
                                       .inputs = {variable.record()->handle, operand},
                                       .outputs = {{variable.shape(), variable.dtype()}},
                                       .execute =
                                           [update](Run& run, const OperationRecord& operation) {
                                             const cornu::Tensor given = run.value(operation.node->input(1));
                                             const cornu::Tensor next =
                                                 update ? update(run.current_value(*operation.variable), given) : given;
                                             run.assign(*operation.variable, next);
                                             return cornu::Tensors{next};
                                           },
                                       .first_input_is_reference = true});
    record.variable = variable.record();
    return record.node->output(0);
  });
}

Variables in_collection(const char* key, const std::string& scope) {
  Variables result;
  for (const Collectible& item : get_collection(key, scope)) {
    if (const auto* variable = std::get_if<Variable>(&item)) result.push_back(*variable);
  }
  return result;
}

// A literal is converted to the dtype stated.
Initializer converted(const Initializer& initial_value, const std::optional<DType>& dtype) {
  if (!dtype || initial_value.is_rule() || initial_value.is_function()) return initial_value;
  const Tensor& given = initial_value.given();
  if (given.is_symbolic() || given.dtype() == *dtype) return initial_value;
  if (is_floating(given.dtype()) && !is_floating(*dtype)) {
    throw errors::TypeError(std::string("Variable: Expected ") + name_of(*dtype) +
                            ", but got an initial value of dtype " + name_of(given.dtype()) +
                            ". Round and cast it first.");
  }
  return Initializer(Tensor(ops::cast(given.strong(), *dtype)));
}

}  // namespace

Variable::Variable(const Initializer& initial_value, const VariableOptions& options) : graph_(default_body()) {
  record_ = with_v1_errors([&] {
    return make_variable(graph_, {.name = graph_->unique_scope(options.name),
                                  .shape = {},
                                  .dtype = options.dtype,
                                  .initializer = converted(initial_value, options.dtype),
                                  .trainable = options.trainable,
                                  .collections = options.collections,
                                  .constraint = options.constraint});
  });
}

Variable Variable::of_tensor(const Tensor& tensor) {
  Variable result;
  result.tensor_ = tensor;
  return result;
}

std::string Variable::name() const { return record_ ? record_->name + ":0" : tensor_.name(); }
Shape Variable::shape() const { return record_ ? record_->variable.shape() : tensor_.shape(); }
DType Variable::dtype() const { return record_ ? record_->variable.dtype() : tensor_.dtype(); }
bool Variable::trainable() const { return record_ && record_->trainable; }
Operation Variable::op() const { return record_ ? Operation(record_->handle) : tensor_.op(); }
Graph Variable::graph() const { return record_ ? Graph(graph_) : tensor_.graph(); }

Tensor Variable::value() const {
  if (!record_) return tensor_;
  if (!graph_) return record_->variable.value();
  return record_->read;
}

Tensor Variable::read_value() const {
  if (!graph_) return value();
  OperationRecord& record =
      graph_->add_named("read", {.type = "Identity",
                                 .inputs = {record_->handle},
                                 .outputs = {{shape(), dtype()}},
                                 .execute =
                                     [](Run& run, const OperationRecord& operation) {
                                       return cornu::Tensors{run.current_value(*operation.variable)};
                                     },
                                 .first_input_is_reference = true});
  record.variable = record_;
  return record.node->output(0);
}

Tensor Variable::initial_value() const { return record_->initial_value; }

Tensor Variable::initialized_value() const {
  if (!graph_) return value();
  OperationRecord& record = graph_->add_named(
      "initialized_value",
      {.type = "Merge",
       .inputs = {record_->handle, record_->initial_value},
       .outputs = {{shape(), dtype()}},
       .execute =
           [](Run& run, const OperationRecord& operation) {
             return cornu::Tensors{run.value_or(*operation.variable, run.value(operation.node->input(1)))};
           },
       .first_input_is_reference = true});
  record.variable = record_;
  return record.node->output(0);
}

Operation Variable::initializer() const { return {graph_, *record_->initializer}; }

void Variable::load(const cornu::Tensor& value, Session& session) const { session.load(*this, value); }

const cornu::Variable& Variable::layer_variable() const {
  if (!record_)
    throw errors::ValueError("Variable: '" + tensor_.name() + "' is what a custom getter made, no variable");
  return record_->variable;
}

Variable variable_of(const cornu::Variable& variable) {
  const std::shared_ptr<GraphBody> body = default_body();
  const std::shared_ptr<VariableRecord> record = body->variable_of(variable);
  return record ? Variable(body, record) : Variable();
}

Variable variable_of(const Tensor& tensor) {
  const std::shared_ptr<GraphBody> body = body_of(tensor);
  if (!body || !body->record_of(tensor).variable || !body->record_of(tensor).variable->handle.same(tensor)) return {};
  return {body, body->record_of(tensor).variable};
}

bool Variable::operator==(const Variable& other) const {
  if (record_ || other.record_) return record_ == other.record_;
  return tensor_.defined() == other.tensor_.defined() && (!tensor_.defined() || tensor_.same(other.tensor_));
}

Tensor assign(const Variable& variable, const Tensor& value, const std::string& name) {
  return assigning("Assign", variable, value, name, nullptr);
}
Tensor assign_add(const Variable& variable, const Tensor& value, const std::string& name) {
  return assigning("AssignAdd", variable, value, name, ops::add);
}
Tensor assign_sub(const Variable& variable, const Tensor& value, const std::string& name) {
  return assigning("AssignSub", variable, value, name, ops::subtract);
}

Variables global_variables(const std::string& scope) { return in_collection(GraphKeys::GLOBAL_VARIABLES, scope); }
Variables local_variables(const std::string& scope) { return in_collection(GraphKeys::LOCAL_VARIABLES, scope); }
Variables trainable_variables(const std::string& scope) { return in_collection(GraphKeys::TRAINABLE_VARIABLES, scope); }

Operation variables_initializer(const Variables& variables, const std::string& name) {
  const std::shared_ptr<GraphBody> body = variables.empty() ? default_body() : variables[0].body();
  body->check_not_finalized();
  std::vector<const OperationRecord*> initializers;
  for (const Variable& variable : variables) initializers.push_back(variable.record()->initializer);
  body->push_control_inputs(initializers);
  const OperationRecord& record =
      body->add_named(name, {.type = "NoOp", .execute = [](Run&, const OperationRecord&) { return cornu::Tensors{}; }});
  body->pop_control_inputs();
  return {body, record};
}

Operation global_variables_initializer() { return variables_initializer(global_variables(), "init"); }
Operation local_variables_initializer() { return variables_initializer(local_variables(), "init"); }

Operation report_uninitialized_variables(const std::string& name) {
  const std::shared_ptr<GraphBody> body = default_body();
  return {body, body->add_named(name, {.type = "ReportUninitialized",
                                       .execute = [](Run&, const OperationRecord&) { return cornu::Tensors{}; }})};
}

Tensor is_variable_initialized(const Variable& variable) {
  const std::shared_ptr<GraphBody>& body = variable.body();
  OperationRecord& record =
      body->add_named("IsVariableInitialized", {.type = "IsVariableInitialized",
                                                .inputs = {variable.record()->handle},
                                                .outputs = {{Shape{}, boolean}},
                                                .execute =
                                                    [](Run& run, const OperationRecord& operation) {
                                                      return cornu::Tensors{run.is_initialized(*operation.variable)};
                                                    },
                                                .first_input_is_reference = true,
                                                .is_differentiable = false});
  record.variable = variable.record();
  return record.node->output(0);
}

Variable create_global_step() {
  if (!get_collection(GraphKeys::GLOBAL_STEP).empty()) {
    throw errors::ValueError(
        "create_global_step: \"global_step\" already exists in this graph; use "
        "get_or_create_global_step()");
  }
  return get_variable("global_step", {.shape = Shape{},
                                      .dtype = int64,
                                      .initializer = zeros_initializer(),
                                      .trainable = false,
                                      .collections = {GraphKeys::GLOBAL_VARIABLES, GraphKeys::GLOBAL_STEP}});
}

Variable get_or_create_global_step() {
  for (const Collectible& item : get_collection(GraphKeys::GLOBAL_STEP)) {
    if (const auto* variable = std::get_if<Variable>(&item)) return *variable;
  }
  return create_global_step();
}

}  // namespace cornu::v1
