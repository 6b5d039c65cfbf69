#include "models/v1/template.h"

#include "models/v1/errors.h"
#include "models/v1/graph_body.h"
#include "models/v1/make_operation.h"

namespace cornu::v1 {

struct Template::State {
  std::string name;
  Function function;
  std::string unique_name;
  std::optional<ScopeObject> scope;
  bool has_made_variables = false;

  void open_scope() {
    scope = unique_name.empty() ? VariableScope(VariableScope::DefaultName{name}).object()
                                : VariableScope(unique_name).object();
  }
};

Template::Template(const std::string& name, Function function, const TemplateOptions& options)
    : state_(std::make_shared<State>()) {
  state_->name = name;
  state_->function = std::move(function);
  state_->unique_name = options.unique_name;
  if (options.create_scope_now) {
    // The name scope is opened at each call; only the variable scope is settled here.
    const ScopeOptions without_names{.auxiliary_name_scope = false};
    state_->scope = options.unique_name.empty()
                        ? VariableScope(VariableScope::DefaultName{name}, without_names).object()
                        : VariableScope(options.unique_name, without_names).object();
  }
}

void Template::call_in_scope(const std::function<void()>& body) const {
  State& state = *state_;
  if (!state.has_made_variables) {
    // A first call that fails does not count, though its scope is settled and what it made is there.
    const auto run_first = [&](const VariableScope& scope) {
      if (!state.scope) state.scope = scope.object();
      body();
      state.has_made_variables = true;
    };
    if (state.scope) {
      run_first(VariableScope(*state.scope));
    } else if (state.unique_name.empty()) {
      run_first(VariableScope(VariableScope::DefaultName{state.name}));
    } else {
      run_first(VariableScope(state.unique_name));
    }
    return;
  }
  const VariableScope scope(*state.scope, {.reuse = true});
  const std::size_t trainable_before = trainable_variables().size();
  body();
  if (trainable_variables().size() != trainable_before) {
    throw errors::ValueError("Template '" + state.name +
                             "': Trainable variable created when calling a template after the first time, perhaps you "
                             "used Variable when you meant get_variable: " +
                             trainable_variables().back().name());
  }
}

Tensors Template::call(const Tensors& arguments) const {
  Tensors results;
  call_in_scope([&] { results = state_->function(arguments); });
  return results;
}

Template make_template(const std::string& name, std::function<Tensor(const Tensor&)> function,
                       const TemplateOptions& options) {
  return Template(
      name, [function = std::move(function)](const Tensors& in) { return Tensors{function(in.at(0))}; }, options);
}

}  // namespace cornu::v1
