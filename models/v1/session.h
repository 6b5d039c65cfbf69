#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/v1/graph.h"
#include "models/v1/variable.h"

namespace cornu::v1 {

class SessionBody;

/// What to fetch in a run: a tensor, a variable, an operation, one of them by name, or a list or map of such.
class Fetch {
 public:
  Fetch(const Tensor& tensor) : tensor_(tensor) {}
  Fetch(const Variable& variable) : variable_(variable) {}
  Fetch(const Operation& operation) : operation_(operation) {}
  Fetch(const std::string& name) : name_(name) {}
  Fetch(const char* name) : name_(name) {}
  Fetch(std::initializer_list<Fetch> list) : list_(list), is_list_(true) {}
  Fetch(std::vector<Fetch> list) : list_(std::move(list)), is_list_(true) {}
  Fetch(const Tensors& list) : list_(list.begin(), list.end()), is_list_(true) {}
  Fetch(const std::map<std::string, Fetch>& map);

 private:
  friend class SessionBody;
  Tensor tensor_;
  Variable variable_;
  Operation operation_;
  std::string name_;
  std::vector<Fetch> list_;
  std::vector<std::string> keys_;  // of a map, in the order of the list
  bool is_list_ = false;
};

/// What a run gives back, in the form of the fetches: a value, nothing for an operation, a list or a map.
class Fetched {
 public:
  Fetched() = default;
  Fetched(cornu::Tensor value) : value_(std::move(value)) {}

  /// The value. **Throws** ValueError for an operation, a list or a map.
  const cornu::Tensor& tensor() const;
  operator cornu::Tensor() const { return tensor(); }
  double item() const { return tensor().item(); }
  bool is_none() const { return !value_.defined() && !is_list_ && !is_strings_; }
  bool is_list() const { return is_list_; }
  /// What `report_uninitialized_variables` gives.
  bool is_strings() const { return is_strings_; }
  const std::vector<std::string>& strings() const { return strings_; }

  std::size_t size() const { return list_.size(); }
  const Fetched& operator[](std::size_t i) const { return list_.at(i); }
  const Fetched& operator[](int i) const { return list_.at(static_cast<std::size_t>(i)); }
  /// Of a map. **Throws** KeyError.
  const Fetched& operator[](const std::string& key) const;
  /// Of a map, in the order of the entries; empty for a list.
  const std::vector<std::string>& keys() const { return keys_; }

 private:
  friend class SessionBody;
  cornu::Tensor value_;
  std::vector<Fetched> list_;
  std::vector<std::string> keys_;
  std::vector<std::string> strings_;
  bool is_list_ = false;
  bool is_strings_ = false;
};

/// The tensor, or its name, that a feed replaces in a run, and the value it gets.
struct Feed {
  Feed(const Tensor& fed, const cornu::Tensor& with) : tensor(fed), value(with) {}
  Feed(const Variable& fed, const cornu::Tensor& with);
  Feed(const std::string& fed, const cornu::Tensor& with) : name(fed), value(with) {}
  Feed(const char* fed, const cornu::Tensor& with) : name(fed), value(with) {}
  Feed(const std::pair<Tensor, cornu::Tensor>& feed) : tensor(feed.first), value(feed.second) {}
  Tensor tensor;
  std::string name;
  cornu::Tensor value;
};

/// The feeds of a run.
class Feeds {
 public:
  Feeds() = default;
  Feeds(std::initializer_list<Feed> feeds) : feeds_(feeds) {}
  Feeds(std::vector<Feed> feeds) : feeds_(std::move(feeds)) {}
  explicit Feeds(const std::vector<std::pair<Tensor, cornu::Tensor>>& feeds) : feeds_(feeds.begin(), feeds.end()) {}
  auto begin() const { return feeds_.begin(); }
  auto end() const { return feeds_.end(); }
  std::size_t size() const { return feeds_.size(); }

 private:
  std::vector<Feed> feeds_;
};

/// What of TensorFlow's ConfigProto means something here.
struct SessionOptions {
  int intra_op_parallelism_threads = 0;  ///< threads of a run; 0: as many as the process uses
};

/// Runs a graph, with values of its own for the variables.
///
/// ```cpp
/// v1::Session session;
/// session.run(v1::global_variables_initializer());
/// cornu::Tensor y = session.run(logits, {{x, images}});
/// ```
/// Each combination of fetches, fed tensors and their shapes is compiled once, to a Program.
/// **Throws** ValueError for elements of another graph and feeds of the wrong shape, FailedPreconditionError for a
/// variable without a value, InvalidArgumentError for a placeholder that is needed and not fed. A run that fails
/// changes nothing. **See**: `tf.compat.v1.Session`.
class Session {
 public:
  /// For the default graph.
  Session();
  explicit Session(const Graph& graph, const SessionOptions& options = {});
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  Fetched run(const Fetch& fetches, const Feeds& feeds = {});
  /// Variables have no values any more; runs throw RuntimeError.
  void close();
  Graph graph() const;

  /// While one lives, its session is the thread's default session, and its graph the default graph.
  class DefaultScope {
   public:
    explicit DefaultScope(Session& session);
    DefaultScope(const DefaultScope&) = delete;
    DefaultScope& operator=(const DefaultScope&) = delete;
    ~DefaultScope();

   private:
    Graph::DefaultScope graph_;
    Session* outer_;
  };
  [[nodiscard]] DefaultScope as_default() { return DefaultScope(*this); }

  /// Sets a variable's value. **Throws** ValueError for another shape.
  void load(const Variable& variable, const cornu::Tensor& value);
  /// A variable's value. **Throws** FailedPreconditionError where there is none.
  cornu::Tensor value_of(const Variable& variable) const;
  bool is_initialized(const Variable& variable) const;

  /// Copies this session's values into the variables of the layers behind the graph's scopes, so that the layers go on
  /// as Keras layers with what was learnt here; and the other way round.
  void hand_over_to_layers() const;
  void take_over_from_layers();

  /// The default session. **Throws** ValueError without one, or with one of another graph.
  static Session& for_evaluation(const std::shared_ptr<GraphBody>& graph, const char* who);

 private:
  std::unique_ptr<SessionBody> body_;
};

}  // namespace cornu::v1
