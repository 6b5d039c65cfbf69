#include "models/v1/session.h"

#include <algorithm>
#include <optional>

#include "framework/num_threads.h"
#include "framework/ops/cast.h"
#include "layers/layer.h"
#include "models/v1/errors.h"
#include "models/v1/session_body.h"

namespace cornu::v1 {
namespace {

thread_local Session* default_session = nullptr;

std::string label_of(const GraphBody& graph) { return "graph '" + graph.name() + "'"; }

}  // namespace

Fetch::Fetch(const std::map<std::string, Fetch>& map) : is_list_(true) {
  for (const auto& [key, fetch] : map) {
    keys_.push_back(key);
    list_.push_back(fetch);
  }
}

Feed::Feed(const Variable& fed, const cornu::Tensor& with)
    : tensor(fed.is_tensor() ? fed.value() : Tensor(fed.record()->handle)), value(with) {}

const cornu::Tensor& Fetched::tensor() const {
  if (value_.defined()) return value_;
  throw errors::ValueError(is_list_ ? "Fetched: expected a single value; got a list of " +
                                          std::to_string(list_.size()) + ", whose entries are taken by index or key"
                                    : "Fetched: an operation gives no value");
}

const Fetched& Fetched::operator[](const std::string& key) const {
  const auto it = std::find(keys_.begin(), keys_.end(), key);
  if (it == keys_.end()) throw errors::KeyError("Fetched: no entry \"" + key + "\" among what was fetched");
  return list_[static_cast<std::size_t>(it - keys_.begin())];
}

// ---- fetches

void SessionBody::check_element(const std::shared_ptr<GraphBody>& graph, const std::string& what) const {
  if (graph == graph_) return;
  throw errors::ValueError("Session::run: " + what + " is not an element of this graph (it belongs to " +
                           label_of(*graph) + ", this session runs " + label_of(*graph_) +
                           "). Move the value over with constant(...), or build it in that graph.");
}

void SessionBody::flatten_name(const std::string& name, Flat& flat) const {
  const Graph graph(graph_);
  try {
    if (name.find(':') != std::string::npos) {
      flat.tensors.push_back(graph.get_tensor_by_name(name));
    } else {
      flat.operations.push_back(&graph.get_operation_by_name(name).record());
    }
  } catch (const errors::KeyError& error) {
    throw errors::ValueError("Session::run: the fetch '" + name + "' does not exist in this graph: " + error.what());
  }
}

void SessionBody::flatten(const Fetch& fetch, Flat& flat) const {
  if (fetch.is_list_) {
    for (const Fetch& item : fetch.list_) flatten(item, flat);
  } else if (fetch.variable_.defined() && !fetch.variable_.is_tensor()) {
    check_element(fetch.variable_.body(), "Variable '" + fetch.variable_.name() + "'");
    flat.tensors.push_back(fetch.variable_.record()->handle);
  } else if (fetch.operation_.body()) {
    check_element(fetch.operation_.body(), "Operation '" + fetch.operation_.name() + "'");
    flat.operations.push_back(&fetch.operation_.record());
  } else if (!fetch.name_.empty()) {
    flatten_name(fetch.name_, flat);
  } else {
    const Tensor tensor = fetch.variable_.defined() ? fetch.variable_.value() : fetch.tensor_;
    check_element(body_of(tensor) ? body_of(tensor) : nullptr, "Tensor '" + tensor.name() + "'");
    flat.tensors.push_back(tensor);
  }
}

Fetched SessionBody::form_operation(const OperationRecord& record) const {
  Fetched result;
  if (record.type != "ReportUninitialized") return result;
  result.is_strings_ = true;
  for (const char* key : {GraphKeys::GLOBAL_VARIABLES, GraphKeys::LOCAL_VARIABLES}) {
    const auto found = graph_->collections.find(key);
    if (found == graph_->collections.end()) continue;
    for (const CollectionItem& item : found->second) {
      const auto* variable = std::get_if<std::shared_ptr<VariableRecord>>(&item);
      if (variable && !values_.is_initialized(**variable)) result.strings_.push_back((*variable)->name);
    }
  }
  return result;
}

Fetched SessionBody::form(const Fetch& fetch, const cornu::Tensors& values, std::size_t& next) const {
  if (fetch.is_list_) {
    Fetched result;
    result.is_list_ = true;
    result.keys_ = fetch.keys_;
    for (const Fetch& item : fetch.list_) result.list_.push_back(form(item, values, next));
    return result;
  }
  if (fetch.operation_.body()) return form_operation(fetch.operation_.record());
  if (!fetch.name_.empty() && fetch.name_.find(':') == std::string::npos)
    return form_operation(Graph(graph_).get_operation_by_name(fetch.name_).record());
  return Fetched(values[next++]);
}

// ---- feeds

cornu::Tensor SessionBody::fed_tensor(const Feed& feed) const {
  if (feed.name.empty()) {
    const std::shared_ptr<GraphBody> graph = body_of(feed.tensor);
    if (graph == graph_) return feed.tensor;
    throw errors::TypeError("Session::run: cannot interpret the fed " +
                            (graph ? "Tensor '" + feed.tensor.name() + "' of " + label_of(*graph) : "value") +
                            " as a tensor to feed: it is not an element of this graph (" + label_of(*graph_) + ")");
  }
  try {
    return Graph(graph_).get_tensor_by_name(feed.name);
  } catch (const InvalidArgument& error) {
    throw errors::TypeError("Session::run: cannot interpret the feed \"" + feed.name +
                            "\" as a tensor: it is not an element of this graph (" + error.what() + ")");
  }
}

cornu::Tensor SessionBody::fitting(const cornu::Tensor& value, const cornu::Tensor& fed, const GraphBody& graph) {
  if (value.is_symbolic()) {
    throw errors::TypeError("Session::run: The value of a feed cannot be a tensor of a graph; feed what a run gave");
  }
  if (!value.shape().is_compatible_with(fed.shape())) {
    throw errors::ValueError("Session::run: Cannot feed value of shape " + value.shape().to_string() + " for Tensor '" +
                             GraphBody::tensor_name(graph.record_of(fed), fed.output_index()) + "', which has shape " +
                             fed.shape().to_string());
  }
  return value.dtype() == fed.dtype() ? value.strong() : ops::cast(value.strong(), fed.dtype());
}

SessionBody::Key SessionBody::key_of(const Flat& flat, const Fed& fed) {
  Key key;
  const auto add_tensor = [&](const cornu::Tensor& tensor) {
    key.push_back(reinterpret_cast<std::uintptr_t>(tensor.key().object));
    key.push_back(static_cast<std::uintptr_t>(tensor.key().index));
  };
  for (const cornu::Tensor& tensor : flat.tensors) add_tensor(tensor);
  key.push_back(0);
  for (const OperationRecord* operation : flat.operations) key.push_back(reinterpret_cast<std::uintptr_t>(operation));
  key.push_back(0);
  for (std::size_t i = 0; i < fed.tensors.size(); ++i) {
    add_tensor(fed.tensors[i]);
    key.push_back(static_cast<std::uintptr_t>(fed.specs[i].shape.rank()));
    for (const std::int64_t dim : fed.specs[i].shape) key.push_back(static_cast<std::uintptr_t>(dim));
  }
  key.push_back(0);
  return key;
}

cornu::Tensors SessionBody::compute(const Flat& flat, const Fed& fed) {
  const Key base = key_of(flat, fed);
  for (;;) {
    Key key = base;
    Decisions decisions;
    if (const auto before = decided_before_.find(base); before != decided_before_.end()) {
      for (const Conditional* conditional : before->second) {
        const bool taken = compute({{conditional->predicate}, {}}, fed)[0].item() != 0.0;
        decisions[conditional] = taken;
        key.push_back(taken ? 1 : 0);
      }
    }
    std::unique_ptr<RunPlan>& plan = plans_[key];
    if (plan) return plan->run(values_, fed.values);
    try {
      plan =
          std::make_unique<RunPlan>(*graph_, values_, flat.tensors, flat.operations, fed.tensors, fed.specs, decisions);
    } catch (const UndecidedCond& undecided) {
      plans_.erase(key);
      decided_before_[base].push_back(undecided.conditional);
    } catch (...) {
      plans_.erase(key);
      throw;
    }
  }
}

void SessionBody::check_open() const {
  if (closed_) throw errors::RuntimeError("Session::run: Attempted to use a closed Session");
}

Fetched SessionBody::run(const Fetch& fetches, const Feeds& feeds) {
  check_open();
  if (graph_->records().empty()) {
    throw errors::RuntimeError("Session::run: The Session graph is empty. Add operations to the graph before run().");
  }
  std::optional<NumThreadsScope> threads;
  if (options_.intra_op_parallelism_threads > 0) threads.emplace(options_.intra_op_parallelism_threads);
  Flat flat;
  flatten(fetches, flat);
  Fed fed;
  for (const Feed& feed : feeds) {
    fed.tensors.push_back(fed_tensor(feed));
    fed.values.push_back(fitting(feed.value, fed.tensors.back(), *graph_));
    fed.specs.push_back(fed.values.back().spec());
  }
  const cornu::Tensors results = compute(flat, fed);
  std::size_t next = 0;
  return form(fetches, results, next);
}

void SessionBody::close() {
  closed_ = true;
  plans_.clear();
  decided_before_.clear();
  values_.clear();
}

// ---- Session

Session::Session() : Session(get_default_graph()) {}
Session::Session(const Graph& graph, const SessionOptions& options)
    : body_(std::make_unique<SessionBody>(graph.body(), options)) {
  if (options.intra_op_parallelism_threads < 0) {
    throw errors::ValueError("Session: intra_op_parallelism_threads must not be negative; got " +
                             std::to_string(options.intra_op_parallelism_threads));
  }
}
Session::~Session() = default;

Fetched Session::run(const Fetch& fetches, const Feeds& feeds) { return body_->run(fetches, feeds); }
void Session::close() { body_->close(); }
Graph Session::graph() const { return Graph(body_->graph()); }

Session::DefaultScope::DefaultScope(Session& session) : graph_(session.graph()), outer_(default_session) {
  default_session = &session;
}
Session::DefaultScope::~DefaultScope() { default_session = outer_; }

void Session::load(const Variable& variable, const cornu::Tensor& value) {
  body_->check_open();
  body_->check_element(variable.body(), "Variable '" + variable.name() + "'");
  const VariableRecord& record = *variable.record();
  if (value.shape() != record.variable.shape()) {
    throw errors::ValueError("Variable.load: expected a value of shape " + record.variable.shape().to_string() +
                             " for variable " + variable.name() + "; got " + value.shape().to_string());
  }
  const GraphScope eager(nullptr);
  body_->values().variable(record).assign(value.strong());
  body_->values().mark_initialized(record);
}

bool Session::is_initialized(const Variable& variable) const {
  body_->check_element(variable.body(), "Variable '" + variable.name() + "'");
  return body_->values().is_initialized(*variable.record());
}

cornu::Tensor Session::value_of(const Variable& variable) const {
  if (!is_initialized(variable)) {
    throw errors::FailedPreconditionError("Session: Attempting to use uninitialized value " + variable.record()->name);
  }
  return body_->values().variable(*variable.record()).snapshot().clone();
}

void Session::hand_over_to_layers() const {
  const GraphScope eager(nullptr);
  for (const auto& record : body_->graph()->variables) {
    if (body_->values().is_initialized(*record)) record->variable.assign(body_->values().variable(*record).snapshot());
  }
}

void Session::take_over_from_layers() {
  const GraphScope eager(nullptr);
  for (const auto& record : body_->graph()->variables) {
    body_->values().variable(*record).assign(record->variable.snapshot());
    body_->values().mark_initialized(*record);
  }
}

Session& Session::for_evaluation(const std::shared_ptr<GraphBody>& graph, const char* who) {
  if (!default_session) {
    throw errors::ValueError(std::string(who) +
                             ": no default session is registered; use session.as_default(), or session.run(...)");
  }
  if (default_session->body_->graph() != graph) {
    throw errors::ValueError(std::string(who) + ": the default session's graph is different from this one's: it runs " +
                             label_of(*default_session->body_->graph()) + ", this belongs to " + label_of(*graph));
  }
  return *default_session;
}

}  // namespace cornu::v1
