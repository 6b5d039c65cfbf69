#include "framework/graph/graph.h"

#include "framework/error.h"

namespace cornu {
namespace {

thread_local std::shared_ptr<Graph> current_graph;

const Operation& kPlaceholder = register_operation({.name = "placeholder"});
const Operation& kReadVariable = register_operation({.name = "read_variable"});

}  // namespace

Tensor Graph::placeholder(const TensorSpec& spec, const std::string& name) {
  const auto node = add(kPlaceholder, {}, {}, {spec});
  placeholders_.push_back(node->output(0).with_name(name));
  return placeholders_.back();
}

bool Graph::is_inside(const Graph& other) const {
  if (this == &other) return true;
  const std::shared_ptr<Graph> outer = parent();
  return outer && outer->is_inside(other);
}

Tensor Graph::capture(const Tensor& outer) {
  if (!outer.is_symbolic() || outer.graph().get() == this) return outer;
  // Through every graph in between, so that each is a function of its inputs.
  const Tensor given = parent()->capture(outer);
  const auto known = captured_.find(given.key());
  if (known != captured_.end()) return known->second;
  const Tensor inner = placeholder(given.spec(), given.name());
  captures_.emplace_back(given, inner);
  captured_.emplace(given.key(), inner);
  return inner;
}

Tensor Graph::read(const Variable& variable) {
  const VariableState* key = variable.state().get();
  const auto found = reads_.find(key);
  if (found != reads_.end()) return found->second;
  if (const std::shared_ptr<Graph> outer = parent()) {
    return reads_.emplace(key, capture(outer->read(variable))).first->second;
  }
  const auto node = add(kReadVariable, {}, {}, {{variable.shape(), variable.dtype()}});
  read_by_[node.get()] = variable.state();
  return reads_.emplace(key, node->output(0).with_variable(variable.state())).first->second;
}

void Graph::assign(const Variable& variable, const Tensor& given) {
  const Tensor own = parent() ? capture(given) : given;
  const Tensor value = own.dtype() == variable.dtype()
                           ? own.strong()
                           : apply_single(operation_named("cast"), {own}, {{"dtype", variable.dtype()}});
  const auto [known, is_first] = update_of_.emplace(variable.state().get(), updates_.size());
  if (is_first) {
    read(variable);  // so that the first read node exists before later reads are redirected
    updates_.emplace_back(variable, value);
  } else {
    updates_[known->second].second = value;
  }
  reads_[variable.state().get()] = value;
}

std::shared_ptr<Node> Graph::add(const Operation& operation, Tensors inputs, Attributes attributes,
                                 TensorSpecs outputs) {
  nodes_.push_back(std::make_shared<Node>(operation, std::move(inputs), std::move(attributes), std::move(outputs),
                                          shared_from_this()));
  return nodes_.back();
}

GraphScope::GraphScope(std::shared_ptr<Graph> graph) : outer_(std::move(current_graph)) {
  current_graph = std::move(graph);
  Tracer::set_current(current_graph.get());
}

GraphScope::~GraphScope() {
  current_graph = std::move(outer_);
  Tracer::set_current(current_graph.get());
}

std::shared_ptr<Graph> GraphScope::current() { return current_graph; }

}  // namespace cornu
