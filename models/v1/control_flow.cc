#include "models/v1/control_flow.h"

#include <algorithm>
#include <set>

#include "framework/gradients.h"
#include "framework/graph/unknown_rank.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/control_flow.h"
#include "models/v1/array_ops.h"
#include "models/v1/errors.h"
#include "models/v1/make_operation.h"

namespace cornu::v1 {
namespace {

cornu::Tensors nothing(Run&, const OperationRecord&) { return {}; }

// Operations made while it lives belong to a branch.
class BranchGuard {
 public:
  BranchGuard(std::shared_ptr<GraphBody> body, std::shared_ptr<const Branch> branch)
      : body_(std::move(body)), outer_(body_->branch()) {
    body_->set_branch(std::move(branch));
  }
  BranchGuard(const BranchGuard&) = delete;
  BranchGuard& operator=(const BranchGuard&) = delete;
  ~BranchGuard() { body_->set_branch(outer_); }

 private:
  std::shared_ptr<GraphBody> body_;
  std::shared_ptr<const Branch> outer_;
};

std::string dtypes_of(const Tensors& tensors) {
  std::string text;
  for (const Tensor& tensor : tensors) text += (text.empty() ? "" : ", ") + std::string(name_of(tensor.dtype()));
  return text;
}

void check_branches(const Tensors& then_outputs, const Tensors& else_outputs) {
  if (then_outputs.size() != else_outputs.size()) {
    throw errors::ValueError("cond: expected both branches to return the same structure; got " +
                             std::to_string(then_outputs.size()) + " and " + std::to_string(else_outputs.size()) +
                             " tensors");
  }
  for (std::size_t i = 0; i < then_outputs.size(); ++i) {
    if (then_outputs[i].dtype() == else_outputs[i].dtype()) continue;
    throw errors::ValueError("cond: Outputs of true_fn and false_fn must have the same type; got (" +
                             dtypes_of(then_outputs) + ") and (" + dtypes_of(else_outputs) + ")");
  }
}

// Whether x can be reached from what `from` was computed from, along inputs through which gradients pass.
class Reach {
 public:
  explicit Reach(const GraphBody& graph) : graph_(graph) {}

  void add(const cornu::Tensor& from) {
    if (!is_floating(from.dtype()) || !from.is_symbolic() || !reached_.insert(from.key()).second) return;
    const OperationRecord& record = graph_.record_of(from);
    if (record.variable && record.type != "Identity") variables_.insert(record.variable.get());
    if (!record.is_differentiable) return;
    if (record.conditional) {
      add(record.conditional->then_outputs[record.conditional_output]);
      add(record.conditional->else_outputs[record.conditional_output]);
    }
    for (const cornu::Tensor& input : record.node->inputs()) add(input);
  }

  bool contains(const cornu::Tensor& x) const {
    return reached_.contains(x.key()) ||
           (x.variable() && std::any_of(variables_.begin(), variables_.end(), [&](const VariableRecord* variable) {
              return variable->variable.state() == x.variable();
            }));
  }

 private:
  const GraphBody& graph_;
  std::set<cornu::Tensor::Key> reached_;
  std::set<const VariableRecord*> variables_;
};

}  // namespace

Operation no_op(const std::string& name) {
  const std::shared_ptr<GraphBody> body = default_body();
  return {body, body->add_named(name.empty() ? "NoOp" : name, {.type = "NoOp", .execute = nothing})};
}

Operation group(const std::vector<Operation>& operations, const std::string& name) {
  const std::shared_ptr<GraphBody> body = operations.empty() ? default_body() : operations[0].body();
  const Graph::DefaultScope default_graph{Graph(body)};
  const ControlDependencies after(operations);
  return {body, body->add_named(name, {.type = "NoOp", .execute = nothing})};
}

Tensors tuple(const Tensors& tensors, const std::vector<Operation>& control_inputs) {
  std::vector<Operation> all = control_inputs;
  for (const Tensor& tensor : tensors) all.push_back(tensor.op());
  const NameScope scope("tuple");
  const Operation gate = group(all);
  const ControlDependencies after(std::vector<Operation>{gate});
  Tensors result;
  for (const Tensor& tensor : tensors) result.push_back(identity(tensor, "control_dependency"));
  return result;
}

Tensors cond(const Tensor& pred, const std::function<Tensors()>& true_fn, const std::function<Tensors()>& false_fn,
             const std::string& name) {
  const std::shared_ptr<GraphBody> body = body_for({pred});
  if (!body) {
    const cornu::Tensors results = ops::cond(
        pred, [&] { return plain(true_fn()); }, [&] { return plain(false_fn()); });
    return {results.begin(), results.end()};
  }
  if (pred.dtype() != boolean)
    throw errors::TypeError("cond: expected a bool scalar as pred; got " + pred.spec().to_string());
  if (pred.shape().has_rank() && pred.shape().rank() != 0)
    throw errors::ValueError("cond: expected a bool scalar as pred; got " + pred.spec().to_string());
  const std::string scope = body->unique_scope(name);
  const NameScopeGuard inside(body, scope);
  const auto conditional = std::make_shared<Conditional>();
  const cornu::Tensor predicate =
      pred.is_symbolic() ? cornu::Tensor(pred) : body->add_constant(body->unique_scope("Const"), pred);
  // TensorFlow's Switch sends the predicate to both sides.
  body->add_named("Switch", {.type = "Switch",
                             .inputs = {predicate, predicate},
                             .outputs = {predicate.spec(), predicate.spec()},
                             .compute = [](const cornu::Tensors& in) { return in; },
                             .is_differentiable = false});
  const OperationRecord& id = body->add_named("pred_id", {.type = "Identity",
                                                          .inputs = {predicate},
                                                          .outputs = {predicate.spec()},
                                                          .compute = [](const cornu::Tensors& in) { return in; }});
  conditional->predicate = id.node->output(0);
  const auto traced = [&](const std::function<Tensors()>& function, std::shared_ptr<const Branch>& branch) {
    branch = std::make_shared<const Branch>(Branch{body->branch()});
    const BranchGuard guard(body, branch);
    Tensors outputs;
    for (const Tensor& output : function())
      outputs.push_back(output.is_symbolic() ? output
                                             : Tensor(body->add_constant(body->unique_scope("Const"), output)));
    return outputs;
  };
  const Tensors then_outputs = traced(true_fn, conditional->then_branch);
  const Tensors else_outputs = traced(false_fn, conditional->else_branch);
  check_branches(then_outputs, else_outputs);
  cornu::Tensors of_one_graph{predicate};
  for (const Tensors& outputs : {then_outputs, else_outputs})
    of_one_graph.insert(of_one_graph.end(), outputs.begin(), outputs.end());
  body_for(of_one_graph);
  conditional->then_outputs = plain(then_outputs);
  conditional->else_outputs = plain(else_outputs);
  Tensors results;
  for (std::size_t i = 0; i < then_outputs.size(); ++i) {
    const TensorSpec spec{merged_shape(then_outputs[i].shape(), else_outputs[i].shape()), then_outputs[i].dtype()};
    OperationRecord& merge =
        body->add_named("Merge", {.type = "Merge", .inputs = {else_outputs[i], then_outputs[i]}, .outputs = {spec}});
    merge.conditional = conditional;
    merge.conditional_output = i;
    results.emplace_back(merge.node->output(0));
  }
  return results;
}

Tensors while_loop(const std::function<Tensor(const Tensors&)>& condition,
                   const std::function<Tensors(const Tensors&)>& loop_body, const Tensors& loop_vars,
                   const std::string& name) {
  const auto as_v1 = [](const cornu::Tensors& values) { return Tensors(values.begin(), values.end()); };
  const std::shared_ptr<GraphBody> body = body_for(plain(loop_vars));
  if (!body) {
    return as_v1(ops::while_loop([&](const cornu::Tensors& v) -> cornu::Tensor { return condition(as_v1(v)); },
                                 [&](const cornu::Tensors& v) { return plain(loop_body(as_v1(v))); },
                                 plain(loop_vars)));
  }
  const std::string scope = body->unique_scope(name);
  const NameScopeGuard inside(body, scope);
  cornu::Tensors inputs;
  TensorSpecs specs;
  for (const Tensor& given : loop_vars) {
    inputs.push_back(given.is_symbolic() ? cornu::Tensor(given)
                                         : body->add_constant(body->unique_scope("Const"), given));
    specs.push_back(inputs.back().spec());
  }
  const auto loop = std::make_shared<Loop>();
  const auto traced = [&](Loop::Function& function, const std::function<Tensors(const Tensors&)>& build) {
    function.branch = std::make_shared<const Branch>(Branch{body->branch()});
    const BranchGuard guard(body, function.branch);
    for (const TensorSpec& spec : specs) {
      function.parameters.push_back(
          body->add_named("LoopVariable", {.type = "LoopVariable", .outputs = {spec}}).node->output(0));
    }
    for (const Tensor& output : build(as_v1(function.parameters)))
      function.outputs.push_back(output.is_symbolic() ? cornu::Tensor(output)
                                                      : body->add_constant(body->unique_scope("Const"), output));
  };
  traced(loop->condition, [&](const Tensors& v) { return Tensors{condition(v)}; });
  traced(loop->body, loop_body);
  bool fits = loop->body.outputs.size() == specs.size();
  for (std::size_t i = 0; fits && i < specs.size(); ++i) fits = loop->body.outputs[i].dtype() == specs[i].dtype;
  if (!fits || loop->condition.outputs[0].dtype() != boolean) {
    throw errors::ValueError(
        "while_loop: expected a condition that gives a bool, and a body that gives tensors of the "
        "loop variables' dtypes (" +
        dtypes_of(loop_vars) + "); got (" + dtypes_of(as_v1(loop->body.outputs)) + ")");
  }
  OperationRecord& record =
      body->add_named("While", {.type = "While", .inputs = inputs, .outputs = specs, .is_differentiable = false});
  record.loop = loop;
  Tensors results;
  for (std::size_t i = 0; i < specs.size(); ++i) results.emplace_back(record.node->output(i));
  return results;
}

Tensors gradients(const Tensors& ys, const Tensors& xs, const Tensors& grad_ys, const std::string& name) {
  return with_v1_errors([&]() -> Tensors {
    cornu::Tensors all = plain(ys);
    for (const Tensor& x : xs) all.push_back(x);
    const std::shared_ptr<GraphBody> body = body_for(all);
    if (!body) {
      const cornu::Tensors results = cornu::gradients(plain(ys), plain(xs), plain(grad_ys));
      return {results.begin(), results.end()};
    }
    Reach reach(*body);
    for (const Tensor& y : ys) reach.add(y);
    const std::string scope = body->unique_scope(name);
    const NameScopeGuard inside(body, scope);
    cornu::Tensors inputs = plain(ys);
    TensorSpecs specs;
    std::vector<std::size_t> connected;
    for (std::size_t i = 0; i < xs.size(); ++i) {
      if (!reach.contains(xs[i])) continue;
      connected.push_back(i);
      inputs.push_back(xs[i]);
      specs.push_back(xs[i].spec());
    }
    Tensors results(xs.size());
    if (connected.empty()) return results;
    std::vector<bool> given;
    for (std::size_t i = 0; i < ys.size(); ++i) {
      given.push_back(i < grad_ys.size() && grad_ys[i].defined());
      if (given.back()) inputs.push_back(grad_ys[i]);
    }
    const std::size_t num_ys = ys.size();
    const std::size_t num_xs = connected.size();
    const OperationRecord& record =
        body->add_named("Gradients", {.type = "Gradients",
                                      .inputs = inputs,
                                      .outputs = specs,
                                      .execute = [num_ys, num_xs, given](Run& run, const OperationRecord& operation) {
                                        const cornu::Tensors& in = operation.node->inputs();
                                        cornu::Tensors targets;
                                        cornu::Tensors sources;
                                        cornu::Tensors arriving;
                                        // In a branch the reverse pass finds what comes from around as what the branch
                                        // captured.
                                        const std::shared_ptr<cornu::Graph> tracing = GraphScope::current();
                                        const auto here = [&](const cornu::Tensor& symbol) {
                                          return tracing->capture(run.value(symbol));
                                        };
                                        for (std::size_t i = 0; i < num_ys; ++i) targets.push_back(here(in[i]));
                                        for (std::size_t i = 0; i < num_xs; ++i)
                                          sources.push_back(here(in[num_ys + i]));
                                        std::size_t next = num_ys + num_xs;
                                        for (const bool has : given)
                                          arriving.push_back(has ? run.value(in[next++]) : cornu::Tensor());
                                        cornu::Tensors found = cornu::gradients(targets, sources, arriving);
                                        for (std::size_t i = 0; i < num_xs; ++i) {
                                          if (!found[i].defined()) found[i] = ops::zeros_like(sources[i]);
                                        }
                                        return found;
                                      }});
    for (std::size_t i = 0; i < num_xs; ++i) results[connected[i]] = Tensor(record.node->output(i));
    return results;
  });
}

}  // namespace cornu::v1
