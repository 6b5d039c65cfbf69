#include "models/v1/train.h"

#include <algorithm>

#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "io/weights_file.h"
#include "models/v1/array_ops.h"
#include "models/v1/control_flow.h"
#include "models/v1/errors.h"
#include "models/v1/graph_body.h"
#include "models/v1/make_operation.h"
#include "models/v1/math_ops.h"
#include "models/v1/variable_scope.h"

namespace cornu::v1::train {

// One apply_gradients: its graph, its name scope, and what all updates share.
struct Optimizer::Step {
  std::shared_ptr<GraphBody> body;
  std::string scope;
  std::map<std::string, cornu::Tensor> shared;       // learning_rate, momentum, ... as tensors of the graph
  std::map<std::string, Variable> powers;            // Adam's beta1_power, beta2_power
  std::map<const VariableRecord*, Variables> slots;  // of each variable

  void share(const std::string& name, const cornu::Tensor& value) {
    shared[name] =
        value.is_symbolic() ? value : body->add_constant(body->unique_scope(name), ops::cast(value.strong(), float32));
  }
};

namespace {

// A variable of the optimizer's own beside another one: "fc1/kernel/Momentum".
Variable slot_of(const Variable& variable, const std::string& name, double value = 0.0) {
  const VariableScope scope(VariableScope::DefaultName{variable.record()->name + "/" + name});
  return get_variable("", {.shape = variable.shape(),
                           .dtype = variable.dtype(),
                           .initializer = constant_initializer(value),
                           .trainable = false});
}

using Rule = std::function<cornu::Tensor(Run& run, const cornu::Tensors& inputs, const cornu::Tensor& value)>;

// An operation that moves a variable: `rule` gives its next value from the present one and the further inputs.
const OperationRecord& update(const std::shared_ptr<GraphBody>& body, const char* type, const Variable& variable,
                              cornu::Tensors further, const Rule& rule) {
  const NameScopeGuard inside(body, body->unique_scope("update_" + variable.record()->name));
  further.insert(further.begin(), variable.record()->handle);
  OperationRecord& record = body->add_named(
      type, {.type = type,
             .inputs = std::move(further),
             .outputs = {{variable.shape(), variable.dtype()}},
             .execute =
                 [rule](Run& run, const OperationRecord& operation) {
                   const VariableRecord& target = *operation.variable;
                   const cornu::Tensor value = run.current_value(target);
                   cornu::Tensors in;
                   for (std::size_t i = 1; i < operation.node->inputs().size(); ++i) {
                     const cornu::Tensor input = run.value(operation.node->input(i));
                     in.push_back(input.dtype() == value.dtype() ? input : ops::cast(input, value.dtype()));
                   }
                   cornu::Tensor next = rule(run, in, value);
                   if (target.constraint) next = target.constraint(next);
                   run.assign(target, next);
                   return cornu::Tensors{next};
                 },
             .first_input_is_reference = true});
  record.variable = variable.record();
  return record;
}

std::string names_of(const GradientsAndVariables& gradients) {
  std::string text;
  for (const auto& [gradient, variable] : gradients) text += (text.empty() ? "" : ", ") + variable.name();
  return text;
}

}  // namespace

Optimizer::~Optimizer() = default;

GradientsAndVariables Optimizer::compute_gradients(const Tensor& loss, const Variables& var_list) const {
  const std::shared_ptr<GraphBody> body = body_for({loss});
  const Graph::DefaultScope scope{Graph(body)};
  const Variables variables = var_list.empty() ? trainable_variables() : var_list;
  if (variables.empty()) {
    throw errors::ValueError(name_ + ": No variables to optimize. Make trainable variables before, or give var_list.");
  }
  Tensors sources;
  for (const Variable& variable : variables) sources.push_back(variable.value());
  const Tensors found = gradients({loss}, sources);
  GradientsAndVariables result;
  for (std::size_t i = 0; i < variables.size(); ++i) result.emplace_back(found[i], variables[i]);
  return result;
}

Operation Optimizer::apply_gradients(const GradientsAndVariables& gradients, const std::optional<Variable>& global_step,
                                     const std::string& name) const {
  const auto first = std::find_if(gradients.begin(), gradients.end(), [](const auto& g) { return g.first.defined(); });
  if (first == gradients.end()) {
    throw errors::ValueError(name_ + ": No gradients provided for any variable; got none for " + names_of(gradients) +
                             ". Does the loss depend on them?");
  }
  return with_v1_errors([&] {
    Step step{.body = body_for({first->first}), .scope = {}, .shared = {}, .powers = {}, .slots = {}};
    const Graph::DefaultScope default_graph{Graph(step.body)};
    create_slots(step, gradients);
    step.scope = step.body->unique_scope(name.empty() ? name_ : name);
    const NameScopeGuard inside(step.body, step.scope);
    prepare(step);
    std::vector<const OperationRecord*> updates;
    for (const auto& [gradient, variable] : gradients) {
      if (gradient.defined()) updates.push_back(&apply(step, variable, gradient));
    }
    const std::vector<const OperationRecord*> finished = finish(step, updates);
    updates.insert(updates.end(), finished.begin(), finished.end());
    std::vector<Operation> all;
    all.reserve(updates.size());
    for (const OperationRecord* record : updates) all.emplace_back(step.body, *record);
    const std::string absolute = step.scope + "/";
    Operation result;
    if (global_step) {
      const ControlDependencies after(std::vector<Operation>{group(all, "update")});
      result = assign_add(*global_step, Tensor(1), absolute).op();
    } else {
      result = group(all, absolute);
    }
    add_to_collection(GraphKeys::TRAIN_OP, result);
    return result;
  });
}

Operation Optimizer::minimize(const Tensor& loss, const MinimizeOptions& options) const {
  const GradientsAndVariables found = compute_gradients(loss, options.var_list);
  if (std::none_of(found.begin(), found.end(), [](const auto& g) { return g.first.defined(); })) {
    throw errors::ValueError(name_ + ": No gradients provided for any variable, between variables [" + names_of(found) +
                             "] and loss '" + loss.name() + "'. Does the loss depend on them?");
  }
  return apply_gradients(found, options.global_step, options.name);
}

// ---- gradient descent

void GradientDescentOptimizer::prepare(Step& step) const { step.share("learning_rate", learning_rate()); }

const OperationRecord& GradientDescentOptimizer::apply(Step& step, const Variable& variable,
                                                       const Tensor& gradient) const {
  return update(step.body, "ApplyGradientDescent", variable, {step.shared.at("learning_rate"), gradient},
                [](Run&, const cornu::Tensors& in, const cornu::Tensor& w) { return w - in[0] * in[1]; });
}

// ---- momentum

void MomentumOptimizer::create_slots(Step& step, const GradientsAndVariables& gradients) const {
  for (const auto& [gradient, variable] : gradients) {
    if (gradient.defined()) step.slots[variable.record().get()] = {slot_of(variable, default_name())};
  }
}

void MomentumOptimizer::prepare(Step& step) const {
  step.share("learning_rate", learning_rate());
  step.share("momentum", Tensor(momentum_));
}

const OperationRecord& MomentumOptimizer::apply(Step& step, const Variable& variable, const Tensor& gradient) const {
  const Variable slot = step.slots.at(variable.record().get())[0];
  const VariableRecord* accumulator = slot.record().get();
  return update(step.body, "ApplyMomentum", variable,
                {slot.record()->handle, step.shared.at("learning_rate"), gradient, step.shared.at("momentum")},
                [accumulator, nesterov = use_nesterov_](Run& run, const cornu::Tensors& in, const cornu::Tensor& w) {
                  const cornu::Tensor next = in[3] * run.current_value(*accumulator) + in[2];
                  run.assign(*accumulator, next);
                  return w - in[1] * (nesterov ? in[2] + in[3] * next : next);
                });
}

// ---- Adam

void AdamOptimizer::create_slots(Step& step, const GradientsAndVariables& gradients) const {
  const auto power = [&](const char* name, double value) {
    step.powers[name] = Variable(Tensor(value), {.name = name, .dtype = float32, .trainable = false});
  };
  power("beta1_power", beta1_);
  power("beta2_power", beta2_);
  for (const auto& [gradient, variable] : gradients) {
    if (!gradient.defined()) continue;
    step.slots[variable.record().get()] = {slot_of(variable, default_name()), slot_of(variable, default_name())};
  }
}

void AdamOptimizer::prepare(Step& step) const {
  step.share("learning_rate", learning_rate());
  step.share("beta1", Tensor(beta1_));
  step.share("beta2", Tensor(beta2_));
  step.share("epsilon", Tensor(epsilon_));
}

const OperationRecord& AdamOptimizer::apply(Step& step, const Variable& variable, const Tensor& gradient) const {
  const Variables& slots = step.slots.at(variable.record().get());
  const VariableRecord* first = slots[0].record().get();
  const VariableRecord* second = slots[1].record().get();
  return update(step.body, "ApplyAdam", variable,
                {first->handle, second->handle, step.powers.at("beta1_power").record()->read,
                 step.powers.at("beta2_power").record()->read, step.shared.at("learning_rate"), step.shared.at("beta1"),
                 step.shared.at("beta2"), step.shared.at("epsilon"), gradient},
                [first, second](Run& run, const cornu::Tensors& in, const cornu::Tensor& w) {
                  const cornu::Tensor& g = in[8];
                  const cornu::Tensor m = run.current_value(*first);
                  const cornu::Tensor v = run.current_value(*second);
                  const cornu::Tensor rate = in[4] * ops::sqrt(1.0 - in[3]) / (1.0 - in[2]);
                  const cornu::Tensor next_m = m + (g - m) * (1.0 - in[5]);
                  const cornu::Tensor next_v = v + (ops::square(g) - v) * (1.0 - in[6]);
                  run.assign(*first, next_m);
                  run.assign(*second, next_v);
                  return w - rate * next_m / (ops::sqrt(next_v) + in[7]);
                });
}

std::vector<const OperationRecord*> AdamOptimizer::finish(Step& step,
                                                          const std::vector<const OperationRecord*>& updates) const {
  step.body->push_control_inputs(updates);
  std::vector<const OperationRecord*> result;
  for (const auto& [power, beta] : {std::pair("beta1_power", "beta1"), std::pair("beta2_power", "beta2")}) {
    const Variable& variable = step.powers.at(power);
    const Tensor next = variable.value() * Tensor(step.shared.at(beta));
    result.push_back(&assign(variable, next).op().record());
  }
  step.body->pop_control_inputs();
  return result;
}

// ---- RMSProp

void RMSPropOptimizer::create_slots(Step& step, const GradientsAndVariables& gradients) const {
  for (const auto& [gradient, variable] : gradients) {
    if (!gradient.defined()) continue;
    Variables& slots = step.slots[variable.record().get()];
    slots = {slot_of(variable, default_name(), 1.0), slot_of(variable, default_name())};
    if (centered_) slots.push_back(slot_of(variable, default_name()));
  }
}

void RMSPropOptimizer::prepare(Step& step) const {
  step.share("learning_rate", learning_rate());
  step.share("decay", Tensor(decay_));
  step.share("momentum", Tensor(momentum_));
  step.share("epsilon", Tensor(epsilon_));
}

const OperationRecord& RMSPropOptimizer::apply(Step& step, const Variable& variable, const Tensor& gradient) const {
  const Variables& slots = step.slots.at(variable.record().get());
  const VariableRecord* square = slots[0].record().get();
  const VariableRecord* momentum = slots[1].record().get();
  const VariableRecord* mean = centered_ ? slots[2].record().get() : nullptr;
  cornu::Tensors further{square->handle, momentum->handle};
  if (mean) further.push_back(mean->handle);
  for (const char* name : {"learning_rate", "decay", "momentum", "epsilon"}) further.push_back(step.shared.at(name));
  further.push_back(gradient);
  return update(step.body, centered_ ? "ApplyCenteredRMSProp" : "ApplyRMSProp", variable, further,
                [=](Run& run, const cornu::Tensors& in, const cornu::Tensor& w) {
                  const std::size_t first = in.size() - 5;
                  const cornu::Tensor& rate = in[first];
                  const cornu::Tensor& decay = in[first + 1];
                  const cornu::Tensor& g = in[first + 4];
                  const cornu::Tensor ms = run.current_value(*square);
                  const cornu::Tensor next_square = ms + (ops::square(g) - ms) * (1.0 - decay);
                  run.assign(*square, next_square);
                  cornu::Tensor denominator = next_square + in[first + 3];
                  if (mean) {
                    const cornu::Tensor mg = run.current_value(*mean);
                    const cornu::Tensor next_mean = mg + (g - mg) * (1.0 - decay);
                    run.assign(*mean, next_mean);
                    denominator = denominator - ops::square(next_mean);
                  }
                  const cornu::Tensor next_momentum =
                      in[first + 2] * run.current_value(*momentum) + rate * g * ops::rsqrt(denominator);
                  run.assign(*momentum, next_momentum);
                  return w - next_momentum;
                });
}

// ---- Saver

namespace {

// The variables by the scope that is the group of a file, in the order of their making.
std::map<std::string, Variables> by_scope(const Variables& variables) {
  std::map<std::string, Variables> groups;
  for (const Variable& variable : variables) {
    const std::string& name = variable.record()->name;
    const std::size_t slash = name.rfind('/');
    groups[slash == std::string::npos ? "" : name.substr(0, slash)].push_back(variable);
  }
  return groups;
}

}  // namespace

Saver::Saver(const Variables& var_list) : variables_(var_list.empty() ? global_variables() : var_list) {
  if (variables_.empty()) throw errors::ValueError("Saver: No variables to save");
}

std::string Saver::save(Session& session, const std::string& path) const {
  StateTree tree;
  for (const auto& [scope, variables] : by_scope(variables_)) {
    StateTree::Group group{.path = scope, .name = last_component(scope), .arrays = {}};
    for (const Variable& variable : variables) group.arrays.push_back(session.value_of(variable));
    tree.groups.push_back(std::move(group));
  }
  io::write_weights(path, tree);
  return path;
}

void Saver::restore(Session& session, const std::string& path) const {
  const StateTree tree = io::read_weights(path);
  // All of the file is checked before a value is set.
  std::vector<std::pair<Variable, cornu::Tensor>> values;
  for (const auto& [scope, variables] : by_scope(variables_)) {
    const auto group = std::find_if(tree.groups.begin(), tree.groups.end(),
                                    [scope = scope](const StateTree::Group& g) { return g.path == scope; });
    const std::size_t found = group == tree.groups.end() ? 0 : group->arrays.size();
    if (found != variables.size()) {
      throw errors::ValueError("Saver.restore: file '" + path + "': expected " + std::to_string(variables.size()) +
                                   " variables in scope '" + scope + "'; got " + std::to_string(found) +
                                   ". Was it saved from this graph?",
                               path);
    }
    for (std::size_t i = 0; i < found; ++i) {
      const cornu::Tensor& value = group->arrays[i];
      if (value.shape() != variables[i].shape()) {
        throw errors::ValueError("Saver.restore: file '" + path + "': expected shape " +
                                     variables[i].shape().to_string() + " for variable " + variables[i].name() +
                                     "; got " + value.shape().to_string() + ". Was it saved from this graph?",
                                 path);
      }
      values.emplace_back(variables[i], value);
    }
  }
  for (const auto& [variable, value] : values) session.load(variable, value);
}

}  // namespace cornu::v1::train
