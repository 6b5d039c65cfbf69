#include "models/v1/run_plan.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "framework/error.h"
#include "framework/operation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/control_flow.h"
#include "models/v1/errors.h"

namespace cornu::v1 {

// Writes down the operations that a run needs, as a graph of the framework.
class Lowering final : public Run {
 public:
  Lowering(GraphBody& graph, SessionValues& values, RunPlan& plan, const Decisions& decisions)
      : graph_(graph),
        values_(values),
        plan_(plan),
        decisions_(decisions),
        run_graph_(std::make_shared<cornu::Graph>("run of " + graph.name())) {}

  void lower(const cornu::Tensors& fetches, const std::vector<const OperationRecord*>& targets,
             const cornu::Tensors& fed, const TensorSpecs& fed_specs) {
    const GraphScope scope(run_graph_);
    for (std::size_t i = 0; i < fed.size(); ++i) {
      memo_[fed[i].key()] = add_input(fed_specs[i], {.feed = static_cast<int>(i)});
      fed_.insert(fed[i].key());
    }
    for (const cornu::Tensor& fetch : fetches) need(fetch);
    for (const OperationRecord* target : targets) need(*target);
    lower_made_in(nullptr);
    compile(fetches);
  }

  // ---- Run

  cornu::Tensor value(const cornu::Tensor& symbol) override {
    if (!symbol.is_symbolic()) return symbol;
    const auto known = memo_.find(symbol.key());
    if (known != memo_.end()) return known->second;
    if (guarded_) {
      if (const OperationRecord& record = graph_.record_of(symbol); depends_on_variable(record))
        return guarded_value(symbol, record);
    }
    lower(graph_.record_of(symbol));
    return memo_.at(symbol.key());
  }

  cornu::Tensor value_at_start(const VariableRecord& variable) override {
    append_once(plan_.read_, variable);
    return Tracer::current()->read(values_.variable(variable));
  }

  cornu::Tensor current_value(const VariableRecord& variable) override {
    if (!is_assigned(variable)) append_once(plan_.read_, variable);
    return Tracer::current()->read(values_.variable(variable));
  }

  void assign(const VariableRecord& variable, const cornu::Tensor& value) override {
    append_once(plan_.assigned_, variable);
    values_.variable(variable).assign(value);
  }

  cornu::Tensor value_or(const VariableRecord& variable, const cornu::Tensor& initial) override {
    const cornu::Tensor current = run_graph_->read(values_.variable(variable));
    return ops::cond(
        is_initialized(variable), [&] { return cornu::Tensors{current}; }, [&] { return cornu::Tensors{initial}; })[0];
  }

  cornu::Tensor is_initialized(const VariableRecord& variable) override {
    cornu::Tensor& flag = initialized_[&variable];
    if (!flag.defined()) flag = add_input({Shape{}, boolean}, {.initialized = &variable});
    return flag;
  }

  cornu::Tensor random_state(const OperationRecord& record) override {
    const cornu::Variable& state = values_.random_state(record);
    const cornu::Tensor current = Tracer::current()->read(state);
    state.assign(current + cornu::Tensor::copy({std::int64_t{0}, std::int64_t{1}}, {2}));
    return current;
  }

 private:
  static void append_once(std::vector<const VariableRecord*>& list, const VariableRecord& variable) {
    if (std::find(list.begin(), list.end(), &variable) == list.end()) list.push_back(&variable);
  }
  bool is_assigned(const VariableRecord& variable) const {
    return std::find(plan_.assigned_.begin(), plan_.assigned_.end(), &variable) != plan_.assigned_.end();
  }

  cornu::Tensor add_input(const TensorSpec& spec, RunPlan::Source source) {
    inputs_.push_back(run_graph_->placeholder(spec));
    plan_.sources_.push_back(std::move(source));
    return inputs_.back();
  }

  // ---- what a run needs

  void need(const cornu::Tensor& tensor) {
    if (tensor.is_symbolic() && !fed_.contains(tensor.key())) need(graph_.record_of(tensor));
  }

  void need(const OperationRecord& first) {
    std::vector<const OperationRecord*> open{&first};
    const auto visit = [&](const cornu::Tensor& tensor) {
      if (tensor.is_symbolic() && !fed_.contains(tensor.key())) open.push_back(&graph_.record_of(tensor));
    };
    while (!open.empty()) {
      const OperationRecord& record = *open.back();
      open.pop_back();
      if (!needed_.insert(&record).second) continue;
      const cornu::Tensors& inputs = record.node->inputs();
      // An initial value that reads other variables is found when it is assigned: those may have no values yet.
      const bool guards = is_initializer(record) && depends_on_variable(graph_.record_of(inputs[1]));
      const std::size_t first_read = record.first_input_is_reference ? 1 : 0;
      for (std::size_t i = first_read; i < inputs.size() && !guards; ++i) visit(inputs[i]);
      for (const OperationRecord* before : record.control_inputs) open.push_back(before);
      if (record.conditional) {
        visit(record.conditional->predicate);
        visit(record.conditional->then_outputs[record.conditional_output]);
        visit(record.conditional->else_outputs[record.conditional_output]);
      }
      if (record.loop) {
        for (const Loop::Function* function : {&record.loop->condition, &record.loop->body}) {
          for (const cornu::Tensor& output : function->outputs) visit(output);
        }
      }
      if (record.type == "Gradients") {
        for (const cornu::Tensor& input : inputs) sources_of_gradients_.insert(input.key());
      }
    }
  }

  static bool is_initializer(const OperationRecord& record) {
    return record.variable && record.variable->initializer == &record;
  }

  bool depends_on_variable(const OperationRecord& record) {
    const auto known = depends_on_variable_.find(&record);
    if (known != depends_on_variable_.end()) return known->second;
    bool depends = record.variable != nullptr;
    for (const cornu::Tensor& input : record.node->inputs())
      depends = depends || depends_on_variable(graph_.record_of(input));
    return depends_on_variable_[&record] = depends;
  }

  // ---- writing down

  void lower_made_in(const Branch* branch) {
    for (const auto& record : graph_.records()) {
      if (record->branch.get() != branch || !needed_.contains(record.get())) continue;
      if (record->type != "LoopVariable" && !lowered_.contains(record.get())) lower(*record);
    }
  }

  void lower(const OperationRecord& record) {
    lowered_.insert(&record);
    if (log_) log_->records.push_back(&record);
    if (record.type == "Placeholder") {
      throw errors::InvalidArgumentError("Session::run: You must feed a value for placeholder tensor '" + record.name +
                                             "' with dtype " + name_of(record.node->output_spec(0).dtype) +
                                             " and shape " + record.node->output_spec(0).shape.to_string(),
                                         record.name);
    }
    if (record.conditional) {
      lower_conditional(*record.conditional);
      return;
    }
    if (record.loop) {
      lower_loop(record);
      return;
    }
    remember(record, guarded_initial(record) ? cornu::Tensors{assigned_guarded(record)} : outputs_of(record));
  }

  cornu::Tensors outputs_of(const OperationRecord& record) {
    if (record.execute) return record.execute(*this, record);
    cornu::Tensors inputs;
    for (const cornu::Tensor& input : record.node->inputs()) inputs.push_back(value(input));
    if (record.compute) return record.compute(inputs);
    return apply(record.node->operation(), inputs, record.node->attributes());
  }

  void remember(const OperationRecord& record, const cornu::Tensors& outputs) {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const cornu::Tensor::Key key{record.node.get(), static_cast<int>(i)};
      if (memo_.contains(key)) continue;
      cornu::Tensor output = outputs[i];
      // A gradient is asked for with respect to this constant: it has to be a symbol.
      if (!output.is_symbolic() && sources_of_gradients_.contains(key))
        output = add_input(output.spec(), {.constant = output.strong()});
      memo_[key] = output;
      if (log_) log_->keys.push_back(key);
    }
  }

  // ---- cond

  // What was written down inside of a branch, and means nothing outside.
  struct BranchLog {
    std::vector<cornu::Tensor::Key> keys;
    std::vector<const OperationRecord*> records;
  };

  // The outputs of a function made of the operations of a branch.
  cornu::Tensors lower_function(const Loop::Function& function, const cornu::Tensors& arguments) {
    BranchLog log;
    BranchLog* outer = std::exchange(log_, &log);
    for (std::size_t i = 0; i < function.parameters.size(); ++i)
      remember(graph_.record_of(function.parameters[i]), {arguments[i]});
    lower_made_in(function.branch.get());
    cornu::Tensors results;
    for (const cornu::Tensor& output : function.outputs) results.push_back(value(output));
    log_ = outer;
    for (const cornu::Tensor::Key& key : log.keys) memo_.erase(key);
    for (const OperationRecord* record : log.records) lowered_.erase(record);
    return results;
  }

  void lower_loop(const OperationRecord& record) {
    cornu::Tensors variables;
    for (const cornu::Tensor& input : record.node->inputs()) variables.push_back(value(input));
    remember(record,
             ops::while_loop([&](const cornu::Tensors& v) { return lower_function(record.loop->condition, v)[0]; },
                             [&](const cornu::Tensors& v) { return lower_function(record.loop->body, v); }, variables));
  }

  void lower_conditional(const Conditional& conditional) {
    std::vector<const OperationRecord*> merges;
    for (const auto& record : graph_.records()) {
      if (record->conditional.get() == &conditional && needed_.contains(record.get())) merges.push_back(record.get());
    }
    std::optional<cornu::Tensors> other;
    const auto branch = [&](const std::shared_ptr<const Branch>& made_in, const cornu::Tensors& outputs) {
      return [&, made_in] {
        cornu::Tensors wanted;
        for (const OperationRecord* merge : merges) wanted.push_back(outputs[merge->conditional_output]);
        cornu::Tensors given = lower_function({made_in, {}, wanted}, {});
        for (std::size_t i = 0; other && i < given.size(); ++i) {
          if (given[i].shape() != (*other)[i].shape()) throw UndecidedCond{&conditional};
        }
        other = given;
        return given;
      };
    };
    const auto then_branch = branch(conditional.then_branch, conditional.then_outputs);
    const auto else_branch = branch(conditional.else_branch, conditional.else_outputs);
    const auto decided = decisions_.find(&conditional);
    const cornu::Tensors results = decided == decisions_.end()
                                       ? ops::cond(value(conditional.predicate), then_branch, else_branch)
                                   : decided->second ? then_branch()
                                                     : else_branch();
    for (std::size_t i = 0; i < merges.size(); ++i) {
      lowered_.insert(merges[i]);
      remember(*merges[i], {results[i]});
    }
  }

  // ---- initial values that read other variables

  bool guarded_initial(const OperationRecord& record) {
    return is_initializer(record) && depends_on_variable(graph_.record_of(record.node->input(1)));
  }

  cornu::Tensor assigned_guarded(const OperationRecord& record) {
    guarded_ = true;
    const cornu::Tensor initial = value(record.node->input(1));
    guarded_ = false;
    assign(*record.variable, initial);
    return initial;
  }

  // As if written with initialized_value(): another variable's value if it has one, else its initial value.
  cornu::Tensor guarded_value(const cornu::Tensor& symbol, const OperationRecord& record) {
    const auto known = guarded_memo_.find(symbol.key());
    if (known != guarded_memo_.end()) return known->second;
    if (record.variable && record.variable->handle.key() == symbol.key()) {
      const VariableRecord& variable = *record.variable;
      const cornu::Tensor result = value_or(variable, value(variable.initial_value));
      return guarded_memo_[symbol.key()] = result;
    }
    const cornu::Tensors outputs = outputs_of(record);
    for (std::size_t i = 0; i < outputs.size(); ++i)
      guarded_memo_[{record.node.get(), static_cast<int>(i)}] = outputs[i];
    return guarded_memo_.at(symbol.key());
  }

  void compile(const cornu::Tensors& fetches) {
    cornu::Tensors results;
    for (const cornu::Tensor& fetch : fetches) {
      const cornu::Tensor result = value(fetch);
      if (!result.is_symbolic()) {
        plan_.results_.emplace_back(-1, result.strong());
        continue;
      }
      plan_.results_.emplace_back(static_cast<int>(results.size()), cornu::Tensor());
      results.push_back(result);
    }
    if (results.empty() && run_graph_->updates().empty()) return;
    plan_.program_ = Program::compile(run_graph_, inputs_, results);
  }

  GraphBody& graph_;
  SessionValues& values_;
  RunPlan& plan_;
  const Decisions& decisions_;
  std::shared_ptr<cornu::Graph> run_graph_;
  cornu::Tensors inputs_;
  std::set<cornu::Tensor::Key> fed_;
  std::set<const OperationRecord*> needed_;
  std::set<const OperationRecord*> lowered_;
  std::set<cornu::Tensor::Key> sources_of_gradients_;
  std::map<cornu::Tensor::Key, cornu::Tensor> memo_;
  std::map<const VariableRecord*, cornu::Tensor> initialized_;
  std::map<const OperationRecord*, bool> depends_on_variable_;
  std::map<cornu::Tensor::Key, cornu::Tensor> guarded_memo_;
  bool guarded_ = false;
  BranchLog* log_ = nullptr;
};

RunPlan::RunPlan(GraphBody& graph, SessionValues& values, const cornu::Tensors& fetches,
                 const std::vector<const OperationRecord*>& targets, const cornu::Tensors& fed,
                 const TensorSpecs& fed_specs, const Decisions& decisions) {
  try {
    Lowering(graph, values, *this, decisions).lower(fetches, targets, fed, fed_specs);
  } catch (const errors::InvalidArgumentError&) {
    throw;
  } catch (const InvalidArgument& error) {
    throw errors::InvalidArgumentError(std::string("Session::run: ") + error.what(), error.where(), error.op());
  }
}

cornu::Tensors RunPlan::run(SessionValues& values, const cornu::Tensors& feeds) const {
  for (const VariableRecord* variable : read_) {
    if (values.is_initialized(*variable)) continue;
    throw errors::FailedPreconditionError("Session::run: Attempting to use uninitialized value " + variable->name +
                                              ". Run global_variables_initializer() in this session first.",
                                          variable->name);
  }
  cornu::Tensors computed;
  if (program_) {
    cornu::Tensors inputs;
    inputs.reserve(sources_.size());
    for (const Source& source : sources_) {
      if (source.feed >= 0) {
        inputs.push_back(feeds[static_cast<std::size_t>(source.feed)]);
      } else if (source.initialized) {
        inputs.push_back(cornu::Tensor(values.is_initialized(*source.initialized)).strong());
      } else {
        inputs.push_back(source.constant);
      }
    }
    computed = program_->run(inputs);
  }
  for (const VariableRecord* variable : assigned_) values.mark_initialized(*variable);
  cornu::Tensors results;
  results.reserve(results_.size());
  for (const auto& [number, constant] : results_)
    results.push_back(number < 0 ? constant : computed[static_cast<std::size_t>(number)]);
  return results;
}

}  // namespace cornu::v1
