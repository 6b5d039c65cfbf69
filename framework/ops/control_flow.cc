#include "framework/ops/control_flow.h"

#include <algorithm>

#include "framework/error.h"
#include "framework/gradients.h"
#include "framework/graph/subgraph.h"
#include "framework/operation.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"

namespace cornu::ops {
namespace {

using Captures = std::vector<Tensor>;

Subgraph traced(const std::string& name, const std::shared_ptr<Graph>& outer, const Tensors& arguments,
                const std::function<Tensors(const Tensors&)>& function) {
  Subgraph result;
  result.graph = std::make_shared<Graph>(name, outer);
  const GraphScope scope(result.graph);
  for (const Tensor& argument : arguments) result.inputs.push_back(result.graph->placeholder(argument.spec()));
  // What is returned as it came in from around must be a tensor of this graph too.
  for (const Tensor& output : function(result.inputs)) result.outputs.push_back(result.graph->capture(output.strong()));
  return result;
}

// Gives all the same further inputs: what any of them captured, each once.
Captures share_captures(const std::vector<Subgraph*>& functions) {
  Captures outer;
  for (const Subgraph* function : functions) {
    for (const auto& capture : function->graph->captures()) {
      const Tensor& tensor = capture.first;
      const auto same = [&](const Tensor& known) { return known.same(tensor); };
      if (std::none_of(outer.begin(), outer.end(), same)) outer.push_back(tensor);
    }
  }
  for (Subgraph* function : functions) {
    for (const Tensor& tensor : outer) {
      const auto& captures = function->graph->captures();
      const auto own = std::find_if(captures.begin(), captures.end(),
                                    [&](const auto& capture) { return capture.first.same(tensor); });
      function->inputs.push_back(own != captures.end() ? own->second : function->graph->placeholder(tensor.spec()));
    }
  }
  return outer;
}

// Variables that a branch assigns leave it as outputs, so that the other branch can give their old values.
Variables assigned_in(const std::vector<const Subgraph*>& functions) {
  Variables variables;
  for (const Subgraph* function : functions) {
    for (const auto& [variable, value] : function->graph->updates()) {
      if (std::find(variables.begin(), variables.end(), variable) == variables.end()) variables.push_back(variable);
    }
  }
  return variables;
}

void add_values_of(Subgraph& function, const Variables& variables) {
  for (const Variable& variable : variables) function.outputs.push_back(function.graph->read(variable));
}

void check_same(const char* who, const Tensors& expected, const Tensors& got, const char* what) {
  bool same = expected.size() == got.size();
  for (std::size_t i = 0; same && i < got.size(); ++i) {
    same = expected[i].dtype() == got[i].dtype() && expected[i].shape().is_compatible_with(got[i].shape());
  }
  if (same) return;
  const auto list = [](const Tensors& tensors) {
    std::string text;
    for (const Tensor& tensor : tensors) text += (text.empty() ? "" : ", ") + tensor.spec().to_string();
    return text;
  };
  throw InvalidArgument(
      std::string(who) + ": expected " + what + " to give (" + list(expected) + "); got (" + list(got) + ")", {}, who);
}

// The graph in which the call is traced; null when all is values.
std::shared_ptr<Graph> graph_for(const Tensors& tensors) {
  for (const Tensor& tensor : tensors) {
    if (!tensor.is_symbolic()) continue;
    if (!tensor.graph()) {
      throw GraphError(
          "cond, while_loop: on tensors made from Input they need a layer around them; call them in the call() of a "
          "layer");
    }
    const auto tracing = GraphScope::current();
    return tracing && tracing->is_inside(*tensor.graph()) ? tracing : tensor.graph();
  }
  return nullptr;
}

Tensors branch_gradients(const Subgraph& branch, const Tensors& outer_inputs, const Tensors& output_gradients) {
  // The reverse pass must find the inputs as the branch sees them: as what it captured.
  Tensors inputs;
  const std::shared_ptr<Graph> tracing = GraphScope::current();
  for (const Tensor& input : outer_inputs) inputs.push_back(tracing ? tracing->capture(input) : input);
  Tensors results = gradients(branch.replay(inputs), inputs, output_gradients);
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!results[i].defined()) results[i] = zeros_like(inputs[i]);
  }
  return results;
}

Tensors cond_gradient(const Node& node, const Tensors& g) {
  const Tensors inputs(node.inputs().begin() + 1, node.inputs().end());
  Tensors output_gradients;
  for (std::size_t i = 0; i < g.size(); ++i)
    output_gradients.push_back(g[i].defined() ? g[i] : zeros_like(node.output(i)));
  const auto gradient_of = [&](const char* branch) {
    return [&, branch] { return branch_gradients(node.attributes().subgraph(branch), inputs, output_gradients); };
  };
  Tensors results = cond(node.input(0), gradient_of("then"), gradient_of("else"));
  results.insert(results.begin(), Tensor());
  return results;
}

const Operation& kCond = register_operation(
    {.name = "cond",
     .infer = [](std::span<const TensorSpec> inputs,
                 const Attributes& attributes) { return attributes.subgraph("then").infer(inputs.subspan(1)); },
     .gradient = cond_gradient});

const Operation& kWhileLoop = register_operation(
    {.name = "while_loop", .infer = [](std::span<const TensorSpec> inputs, const Attributes& attributes) {
       const auto count = static_cast<std::size_t>(attributes.integer("num_variables"));
       return TensorSpecs(inputs.begin(), inputs.begin() + static_cast<std::ptrdiff_t>(count));
     }});

}  // namespace

Tensors cond(const Tensor& predicate, const std::function<Tensors()>& then_branch,
             const std::function<Tensors()>& else_branch) {
  const Tensor decides = cast(predicate, DType::kBool);
  const std::shared_ptr<Graph> graph = graph_for({decides});
  if (!graph) return decides.item() != 0.0 ? then_branch() : else_branch();

  auto then_function =
      std::make_shared<Subgraph>(traced("then branch", graph, {}, [&](const Tensors&) { return then_branch(); }));
  auto else_function =
      std::make_shared<Subgraph>(traced("else branch", graph, {}, [&](const Tensors&) { return else_branch(); }));
  check_same("cond", then_function->outputs, else_function->outputs, "the else branch, as the then branch,");
  const std::size_t num_results = then_function->outputs.size();
  const Variables variables = assigned_in({then_function.get(), else_function.get()});
  add_values_of(*then_function, variables);
  add_values_of(*else_function, variables);
  Tensors inputs = share_captures({then_function.get(), else_function.get()});
  inputs.insert(inputs.begin(), decides);
  const GraphScope scope(graph);
  Tensors results = apply(kCond, inputs,
                          {{"then", std::shared_ptr<const Subgraph>(then_function)},
                           {"else", std::shared_ptr<const Subgraph>(else_function)}});
  for (std::size_t i = 0; i < variables.size(); ++i) graph->assign(variables[i], results[num_results + i]);
  results.resize(num_results);
  return results;
}

Tensors while_loop(const std::function<Tensor(const Tensors& loop_variables)>& condition,
                   const std::function<Tensors(const Tensors& loop_variables)>& body, const Tensors& loop_variables,
                   std::int64_t maximum_iterations) {
  const std::shared_ptr<Graph> tracing = GraphScope::current();
  const std::shared_ptr<Graph> graph = tracing ? tracing : graph_for(loop_variables);
  if (!graph) {
    Tensors current = loop_variables;
    for (std::int64_t i = 0; i < maximum_iterations && cast(condition(current), DType::kBool).item() != 0.0; ++i) {
      Tensors next = body(current);
      check_same("while_loop", current, next, "the body");
      current = std::move(next);
    }
    return current;
  }
  Tensors inputs;
  for (const Tensor& variable : loop_variables) inputs.push_back(variable.strong());
  auto condition_function =
      std::make_shared<Subgraph>(traced("condition of a loop", graph, inputs,
                                        [&](const Tensors& v) { return Tensors{cast(condition(v), DType::kBool)}; }));
  auto body_function = std::make_shared<Subgraph>(traced("body of a loop", graph, inputs, body));
  check_same("while_loop", inputs, body_function->outputs, "the body");
  if (!assigned_in({condition_function.get(), body_function.get()}).empty()) {
    throw Unsupported("while_loop: a variable is assigned in the loop; make it a loop variable and assign the result",
                      {}, "while_loop");
  }
  const auto num_variables = static_cast<std::int64_t>(inputs.size());
  const Tensors captured = share_captures({condition_function.get(), body_function.get()});
  inputs.insert(inputs.end(), captured.begin(), captured.end());
  const GraphScope scope(graph);
  const bool symbolic = std::any_of(inputs.begin(), inputs.end(), [](const Tensor& t) { return t.is_symbolic(); });
  Attributes attributes{{"condition", std::shared_ptr<const Subgraph>(condition_function)},
                        {"body", std::shared_ptr<const Subgraph>(body_function)},
                        {"num_variables", num_variables},
                        {"maximum_iterations", maximum_iterations}};
  // Nothing in the loop is a symbol: what it computes is known now.
  if (!symbolic) {
    const GraphScope eager(nullptr);
    return while_loop(condition, body, loop_variables, maximum_iterations);
  }
  return apply(kWhileLoop, inputs, std::move(attributes));
}

}  // namespace cornu::ops
