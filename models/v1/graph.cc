#include "models/v1/graph.h"

#include <algorithm>
#include <atomic>
#include <regex>

#include "models/v1/errors.h"
#include "models/v1/graph_body.h"
#include "models/v1/session.h"

namespace cornu::v1 {
namespace {

std::shared_ptr<GraphBody> new_body() {
  static std::atomic<int> count{0};
  return std::make_shared<GraphBody>("graph_" + std::to_string(count.fetch_add(1)));
}

thread_local int default_scopes = 0;

std::shared_ptr<GraphBody> checked_body(const Tensor& tensor) {
  std::shared_ptr<GraphBody> body = body_of(tensor);
  if (!body) throw errors::ValueError("Tensor: expected a tensor of a v1::Graph; got " + tensor.to_string());
  return body;
}

Collectible handle_of(const std::shared_ptr<GraphBody>& body, const CollectionItem& item) {
  if (const auto* tensor = std::get_if<cornu::Tensor>(&item)) return Tensor(*tensor);
  if (const auto* variable = std::get_if<std::shared_ptr<VariableRecord>>(&item)) return Variable(body, *variable);
  return Operation(body, *std::get<const OperationRecord*>(item));
}

// "a/mul:0" as "a/mul" and 0; -1 without a number.
std::pair<std::string, int> parted(const std::string& name) {
  const std::size_t colon = name.rfind(':');
  if (colon == std::string::npos || colon + 1 == name.size() ||
      !std::all_of(name.begin() + static_cast<std::ptrdiff_t>(colon) + 1, name.end(),
                   [](unsigned char c) { return std::isdigit(c); })) {
    return {name, -1};
  }
  return {name.substr(0, colon), std::stoi(name.substr(colon + 1))};
}

}  // namespace

// ---- tensors

Tensor::Tensor(cornu::Tensor tensor) : cornu::Tensor(std::move(tensor)) {
  if (defined() && is_symbolic()) keeps_ = cornu::Tensor::graph();
}

Tensor::Tensor(std::initializer_list<float> values)
    : Tensor(cornu::Tensor::copy(values, {static_cast<std::int64_t>(values.size())})) {}

Tensor::Tensor(std::initializer_list<std::initializer_list<float>> rows) {
  std::vector<float> values;
  for (const auto& row : rows) {
    if (row.size() != rows.begin()->size()) throw errors::ValueError("Tensor: expected rows of one length");
    values.insert(values.end(), row.begin(), row.end());
  }
  const auto height = static_cast<std::int64_t>(rows.size());
  const auto width = height == 0 ? 0 : static_cast<std::int64_t>(rows.begin()->size());
  *this = Tensor(cornu::Tensor::copy(values, {height, width}));
}

std::string Tensor::name() const {
  const std::shared_ptr<GraphBody> body = checked_body(*this);
  return GraphBody::tensor_name(body->record_of(*this), output_index());
}

Operation Tensor::op() const { return {*this}; }
Graph Tensor::graph() const { return Graph(checked_body(*this)); }

cornu::Tensor Tensor::eval(const std::vector<std::pair<Tensor, cornu::Tensor>>& feeds) const {
  return Session::for_evaluation(checked_body(*this), "eval").run(*this, Feeds(feeds)).tensor();
}

// ---- operations

Operation::Operation(const Tensor& tensor) : graph_(checked_body(tensor)), record_(&graph_->record_of(tensor)) {}

const std::string& Operation::name() const { return record_->name; }
const std::string& Operation::type() const { return record_->type; }
Graph Operation::graph() const { return Graph(graph_); }

Tensors Operation::inputs() const {
  const cornu::Tensors& inputs = record_->node->inputs();
  return {inputs.begin(), inputs.end()};
}

std::vector<Operation> Operation::control_inputs() const {
  std::vector<Operation> result;
  for (const OperationRecord* record : record_->control_inputs) result.emplace_back(graph_, *record);
  return result;
}

Tensors Operation::outputs() const {
  Tensors result;
  for (std::size_t i = 0; i < record_->node->num_outputs(); ++i) result.emplace_back(record_->node->output(i));
  return result;
}

void Operation::run(const std::vector<std::pair<Tensor, cornu::Tensor>>& feeds) const {
  Session::for_evaluation(graph_, "run").run(*this, Feeds(feeds));
}

// ---- graphs

Graph::Graph() : body_(new_body()) {}

Graph::DefaultScope::DefaultScope(const Graph& graph) : outer_(std::move(mutable_default_body())) {
  mutable_default_body() = graph.body();
  ++default_scopes;
}

Graph::DefaultScope::~DefaultScope() {
  mutable_default_body() = std::move(outer_);
  --default_scopes;
}

Graph get_default_graph() { return Graph(default_body()); }

void reset_default_graph() {
  if (default_scopes > 0) {
    throw errors::ValueError("reset_default_graph: expected to be called outside of as_default() and of sessions");
  }
  mutable_default_body() = new_body();
}

void set_random_seed(std::int64_t seed) { default_body()->seed = seed; }

std::vector<Operation> Graph::operations() const {
  std::vector<Operation> result;
  for (const auto& record : body_->records()) result.emplace_back(body_, *record);
  return result;
}

Tensor Graph::get_tensor_by_name(const std::string& name) const {
  const auto [operation, output] = parted(name);
  if (output < 0) {
    throw errors::ValueError("get_tensor_by_name: expected the name of a tensor, \"operation:0\"; got \"" + name +
                             "\", which looks like that of an operation. Use get_operation_by_name, or add \":0\".");
  }
  const OperationRecord* record = body_->find(operation);
  if (!record) {
    throw errors::KeyError("get_tensor_by_name: The name '" + name + "' refers to a Tensor which does not exist: the " +
                           "operation '" + operation + "' is not in graph '" + body_->name() + "'");
  }
  if (static_cast<std::size_t>(output) >= record->node->num_outputs()) {
    throw errors::KeyError("get_tensor_by_name: The name '" + name + "' refers to a Tensor which does not exist: the " +
                           "operation '" + operation + "' has " + std::to_string(record->node->num_outputs()) +
                           " outputs");
  }
  return record->node->output(static_cast<std::size_t>(output));
}

Operation Graph::get_operation_by_name(const std::string& name) const {
  if (parted(name).second >= 0) {
    throw errors::ValueError("get_operation_by_name: expected the name of an operation; got \"" + name +
                             "\", which looks like that of a Tensor. Use get_tensor_by_name.");
  }
  const OperationRecord* record = body_->find(name);
  if (!record) {
    throw errors::KeyError("get_operation_by_name: The name '" + name + "' refers to an Operation not in the graph '" +
                           body_->name() + "'");
  }
  return {body_, *record};
}

void Graph::finalize() const { body_->finalize(); }

// ---- collections

std::string name_of(const Collectible& item) {
  return std::visit([](const auto& held) { return std::string(held.name()); }, item);
}

void Graph::add_to_collection(const std::string& key, const Collectible& item) const {
  std::vector<CollectionItem>& items = body_->collections[key];
  if (const auto* tensor = std::get_if<Tensor>(&item)) items.emplace_back(cornu::Tensor(*tensor));
  if (const auto* operation = std::get_if<Operation>(&item)) items.emplace_back(&operation->record());
  if (const auto* variable = std::get_if<Variable>(&item)) {
    if (variable->is_tensor()) {
      items.emplace_back(cornu::Tensor(variable->value()));
    } else {
      items.emplace_back(variable->record());
    }
  }
}

std::vector<Collectible> Graph::get_collection(const std::string& key, const std::string& scope) const {
  std::vector<Collectible> result;
  const auto found = body_->collections.find(key);
  if (found == body_->collections.end()) return result;
  std::regex pattern;
  try {
    pattern = std::regex(scope);
  } catch (const std::regex_error& error) {
    throw errors::ValueError("get_collection: scope \"" + scope + "\" is no regular expression (" + error.what() + ")");
  }
  for (const CollectionItem& item : found->second) {
    const Collectible handle = handle_of(body_, item);
    if (scope.empty() || std::regex_search(name_of(handle), pattern, std::regex_constants::match_continuous))
      result.push_back(handle);
  }
  return result;
}

void add_to_collection(const std::string& key, const Collectible& item) {
  get_default_graph().add_to_collection(key, item);
}
std::vector<Collectible> get_collection(const std::string& key, const std::string& scope) {
  return get_default_graph().get_collection(key, scope);
}

// ---- scopes

NameScope::NameScope(const std::string& name, const std::string& default_name, const Tensors& values) {
  cornu::Tensors symbols;
  for (const Tensor& value : values) {
    if (body_of(value)) symbols.push_back(value);
  }
  body_ = symbols.empty() ? default_body() : body_for(symbols);
  if (!symbols.empty()) default_graph_.emplace(Graph(body_));
  outer_ = body_->name_scope();
  const std::string& wanted = name.empty() ? default_name : name;
  const std::string scope = wanted.empty() ? std::string() : body_->unique_scope(wanted);
  body_->set_name_scope(scope);
  name_ = scope.empty() ? scope : scope + "/";
}

std::string get_name_scope() { return default_body()->name_scope(); }

NameScope::~NameScope() { body_->set_name_scope(outer_); }

ControlDependencies::ControlDependencies(const std::vector<Operation>& operations) : body_(default_body()) {
  std::vector<const OperationRecord*> records;
  for (const Operation& operation : operations) {
    if (operation.body() != body_) {
      throw errors::ValueError("control_dependencies: Operation '" + operation.name() +
                               "' is not an element of this graph: expected operations of the default graph, '" +
                               body_->name() + "', all from the same graph; got one of '" + operation.body()->name() +
                               "'");
    }
    records.push_back(&operation.record());
  }
  body_->push_control_inputs(std::move(records));
}

ControlDependencies::ControlDependencies() : body_(default_body()) { body_->push_control_inputs(std::nullopt); }

ControlDependencies::~ControlDependencies() { body_->pop_control_inputs(); }

}  // namespace cornu::v1
