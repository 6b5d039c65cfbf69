#include "models/v1/variable_scope.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/reduce.h"
#include "models/v1/errors.h"
#include "models/v1/graph_body.h"
#include "models/v1/make_operation.h"
#include "models/v1/math_ops.h"
#include "models/v1/nn.h"
#include "models/v1/variable_maker.h"

namespace cornu::v1 {
namespace {

// The settings of a scope, and over them what was asked for on opening it.
ScopeSettings opened(ScopeSettings base, const ScopeOptions& options) {
  if (options.reuse != Reuse()) base.reuse = options.reuse;
  if (options.initializer) base.initializer = options.initializer;
  if (options.regularizer) base.regularizer = options.regularizer;
  if (options.dtype) base.dtype = *options.dtype;
  base.constraint = options.constraint;
  if (options.custom_getter) {
    const CustomGetter outer = base.custom_getter;
    const CustomGetter inner = options.custom_getter;
    base.custom_getter =
        !outer ? inner : CustomGetter([outer, inner](const auto& getter, const auto& name, const auto& given) {
          const auto through_outer = [&](const std::string& asked, const GetVariableOptions& with) {
            return outer(getter, asked, with);
          };
          return inner(through_outer, name, given);
        });
  }
  return base;
}

std::shared_ptr<GraphBody> body_of_scope(const ScopeOptions& options) {
  cornu::Tensors symbols;
  for (const Tensor& value : options.values) {
    if (body_of(value)) symbols.push_back(value);
  }
  return symbols.empty() ? default_body() : body_for(symbols);
}

Variable find_or_make(const std::shared_ptr<GraphBody>& body, const std::string& full_name,
                      const GetVariableOptions& options, Reuse reuse) {
  const std::optional<Initializer>& initializer = options.initializer;
  const bool from_value = initializer && !initializer->is_rule() && !initializer->is_function();
  if (options.shape && from_value) {
    throw errors::ValueError("get_variable: Variable " + full_name +
                             ": the initializer is a constant, which has its own shape; do not specify shape");
  }
  if (TrackingStore* store = TrackingStore::current()) return store->get_or_make(full_name, options);
  const auto known = body->scopes.variables.find(full_name);
  if (known != body->scopes.variables.end()) {
    if (reuse == Reuse()) {
      throw errors::ValueError("get_variable: Variable " + full_name +
                               " already exists, disallowed. Did you mean to set reuse=True or reuse=AUTO_REUSE in "
                               "variable_scope?");
    }
    check_shared(full_name, options, known->second->variable.shape(), known->second->variable.dtype());
    return {body, known->second};
  }
  if (reuse == Reuse(true)) {
    throw errors::ValueError("get_variable: Variable " + full_name +
                             " does not exist, or was not created with get_variable(). Did you mean to set "
                             "reuse=AUTO_REUSE in variable_scope?");
  }
  body->check_not_finalized();
  NewVariable made{.name = {},
                   .shape = options.shape,
                   .dtype = options.dtype,
                   .initializer = initializer.value_or(default_initializer(options.dtype.value_or(float32))),
                   .trainable = options.trainable,
                   .collections = options.collections,
                   .constraint = options.constraint};
  if (made.initializer.is_rule()) {
    if (!options.shape) {
      throw errors::ValueError("get_variable: Shape of a new variable (" + full_name +
                               ") must be fully defined; got none. Give it a shape, or an initializer with a value.");
    }
    if (!options.shape->is_known()) {
      throw errors::ValueError("get_variable: Shape of a new variable (" + full_name + ") must be fully defined; got " +
                               options.shape->to_string());
    }
    check_initializer_dtype(full_name, made.initializer, options.dtype.value_or(float32));
  }
  const NameScopeGuard at_root(body, "");
  made.name = body->unique_scope(full_name);
  const std::shared_ptr<VariableRecord> record = make_variable(body, made);
  body->scopes.variables[full_name] = record;
  if (options.regularizer) {
    const NameScopeGuard inside(body, record->name + "/Regularizer");
    const Tensor penalty = options.regularizer(record->read);
    if (penalty.defined()) body->collections[GraphKeys::REGULARIZATION_LOSSES].push_back(cornu::Tensor(penalty));
  }
  return {body, record};
}

}  // namespace

Regularizer no_regularizer() {
  return [](const Tensor&) { return Tensor(); };
}

Regularizer l2_regularizer(double scale) {
  return [scale](const Tensor& value) { return multiply(scale, reduce_sum(square(value))); };
}

ScopeObject get_variable_scope() { return ScopeObject(default_body()->scopes.current()); }

std::string VariableScope::open_name_scope(const std::string& name, const ScopeOptions& options) {
  if (options.auxiliary_name_scope) body_->set_name_scope(body_->unique_scope(name));
  return body_->name_scope().empty() ? std::string() : body_->name_scope() + "/";
}

void VariableScope::enter(const std::string& full_name, const ScopeOptions& options, ScopeSettings settings) {
  settings.name = full_name;
  settings_ = std::make_shared<ScopeSettings>(opened(std::move(settings), options));
  body_->scopes.opened(full_name);
  body_->scopes.set_current(settings_);
}

VariableScope::VariableScope(const std::string& name, const ScopeOptions& options)
    : body_(body_of_scope(options)),
      default_graph_(Graph(body_)),
      outer_name_scope_(body_->name_scope()),
      outer_scope_(body_->scopes.current()) {
  const bool opens = !name.empty();
  if (opens) check_name(name, outer_name_scope_.empty(), "scope");
  ScopeSettings settings = *outer_scope_;
  settings.original_name_scope = opens ? open_name_scope(name, options) : std::string();
  enter(outer_scope_->name.empty() ? name : outer_scope_->name + "/" + name, options, std::move(settings));
}

VariableScope::VariableScope(const ScopeObject& scope, const ScopeOptions& options)
    : body_(body_of_scope(options)),
      default_graph_(Graph(body_)),
      outer_name_scope_(body_->name_scope()),
      outer_scope_(body_->scopes.current()),
      restored_counts_(body_->scopes.counts()) {
  const std::string last = last_component(scope.name());
  if (!last.empty()) open_name_scope(last, options);
  enter(scope.name(), options, *scope.settings());
}

VariableScope::VariableScope(const DefaultName& default_name, const ScopeOptions& options)
    : body_(body_of_scope(options)),
      default_graph_(Graph(body_)),
      outer_name_scope_(body_->name_scope()),
      outer_scope_(body_->scopes.current()) {
  if (default_name.name.empty()) {
    throw errors::TypeError("variable_scope: If default_name is none then name_or_scope is required");
  }
  if (options.reuse != Reuse()) {
    throw errors::ValueError("variable_scope: reuse=True cannot be used without a name_or_scope, for default_name \"" +
                             default_name.name + "\" makes a new scope each time");
  }
  ScopeSettings settings = *outer_scope_;
  settings.original_name_scope = open_name_scope(default_name.name, options);
  const std::string unique = body_->scopes.unique_name(default_name.name);
  enter(outer_scope_->name.empty() ? unique : outer_scope_->name + "/" + unique, options, std::move(settings));
}

VariableScope::~VariableScope() {
  if (!settings_->name.empty()) body_->scopes.forget_below(settings_->name);
  if (restored_counts_) body_->scopes.restore(std::move(*restored_counts_));
  body_->scopes.set_current(outer_scope_);
  body_->set_name_scope(outer_name_scope_);
}

Variable get_variable(const std::string& name, const GetVariableOptions& given) {
  return with_v1_errors([&] {
    const std::shared_ptr<GraphBody> body = default_body();
    const std::shared_ptr<ScopeSettings> scope = body->scopes.current();
    GetVariableOptions options = given;
    if (!options.initializer) options.initializer = scope->initializer;
    if (!options.regularizer) options.regularizer = scope->regularizer;
    if (!options.constraint) options.constraint = scope->constraint;
    // A value to begin with decides on the dtype itself.
    if (!options.dtype && (!options.initializer || options.initializer->is_rule())) options.dtype = scope->dtype;
    const CustomGetter own = options.custom_getter;
    options.custom_getter = nullptr;
    const Reuse reuse = options.reuse.value_or(scope->reuse);
    const std::string full_name = scope->name.empty() ? name : scope->name + "/" + name;
    // Names of variables follow from variable scopes alone.
    const NameScopeGuard at_root(body, "");
    // Beside a stated dtype TensorFlow turns a value into a constant, to compare the two.
    if (given.dtype && given.initializer && !given.initializer->is_rule() && !given.initializer->is_function() &&
        !TrackingStore::current()) {
      const Tensor value = given.initializer->given();
      if (!value.is_symbolic()) body->add_constant(body->unique_scope("Const"), value);
    }
    const auto true_getter = [&](const std::string& asked, const GetVariableOptions& with) {
      return find_or_make(body, asked, with, with.reuse.value_or(reuse));
    };
    const auto scope_getter = [&](const std::string& asked, const GetVariableOptions& with) {
      return scope->custom_getter ? scope->custom_getter(true_getter, asked, with) : true_getter(asked, with);
    };
    // A getter of the call's own takes the place of the scope's.
    return own ? own(true_getter, full_name, options) : scope_getter(full_name, options);
  });
}

Variable get_local_variable(const std::string& name, const GetVariableOptions& given) {
  GetVariableOptions options = given;
  options.trainable = false;
  options.collections = {GraphKeys::LOCAL_VARIABLES};
  return get_variable(name, options);
}

}  // namespace cornu::v1
