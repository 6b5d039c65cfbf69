#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "models/v1/operation.h"
#include "models/v1/tensor.h"
#include "models/v1/variable.h"

namespace cornu::v1 {

class GraphBody;

/// What a collection holds.
using Collectible = std::variant<Tensor, Variable, Operation>;
/// The name of an item: "w:0" of a tensor or variable, "init" of an operation.
std::string name_of(const Collectible& item);

/// A graph of operations, built first and run in sessions later.
///
/// A handle: copies are the same graph. Each thread has a default graph, which operations without inputs join.
/// **See**: `tf.Graph`.
class Graph {
 public:
  /// A new, empty graph; it is not the default one until `as_default`.
  Graph();
  explicit Graph(std::shared_ptr<GraphBody> body) : body_(std::move(body)) {}

  /// While one lives its graph is the default one of this thread.
  class DefaultScope {
   public:
    explicit DefaultScope(const Graph& graph);
    DefaultScope(const DefaultScope&) = delete;
    DefaultScope& operator=(const DefaultScope&) = delete;
    ~DefaultScope();

   private:
    std::shared_ptr<GraphBody> outer_;
  };
  [[nodiscard]] DefaultScope as_default() const { return DefaultScope(*this); }

  std::vector<Operation> operations() const;
  /// "a/mul:0". **Throws** KeyError where there is none, ValueError for a name without ":0".
  Tensor get_tensor_by_name(const std::string& name) const;
  /// "a/mul". **Throws** KeyError where there is none, ValueError for a name with ":0".
  Operation get_operation_by_name(const std::string& name) const;

  void add_to_collection(const std::string& key, const Collectible& item) const;
  /// In the order of adding; with `scope`, a regular expression, only items whose names begin with a match.
  std::vector<Collectible> get_collection(const std::string& key, const std::string& scope = {}) const;

  /// Refuses new operations from now on.
  void finalize() const;
  bool operator==(const Graph& other) const { return body_ == other.body_; }

  const std::shared_ptr<GraphBody>& body() const { return body_; }

 private:
  std::shared_ptr<GraphBody> body_;
};

/// **See**: functions of the same names in `tf.compat.v1`.
Graph get_default_graph();
/// Makes the default graph a new one. **Throws** ValueError inside of `as_default`.
void reset_default_graph();
/// Seed of the random operations of the default graph that have none of their own.
void set_random_seed(std::int64_t seed);

/// Names of the standard collections.
namespace GraphKeys {
inline constexpr const char* GLOBAL_VARIABLES = "variables";
inline constexpr const char* TRAINABLE_VARIABLES = "trainable_variables";
inline constexpr const char* LOCAL_VARIABLES = "local_variables";
inline constexpr const char* REGULARIZATION_LOSSES = "regularization_losses";
inline constexpr const char* UPDATE_OPS = "update_ops";
inline constexpr const char* TRAIN_OP = "train_op";
inline constexpr const char* GLOBAL_STEP = "global_step";
inline constexpr const char* LOSSES = "losses";
inline constexpr const char* SUMMARIES = "summaries";
}  // namespace GraphKeys

void add_to_collection(const std::string& key, const Collectible& item);
std::vector<Collectible> get_collection(const std::string& key, const std::string& scope = {});

/// A scope of names for operations, while it lives; made unique, or, with a name that ends in "/", entered again.
///
/// Without a name `default_name` is taken; "" leads to the root. **Throws** ValueError for a name that is none.
/// **See**: `tf.compat.v1.name_scope`.
class NameScope {
 public:
  explicit NameScope(const std::string& name, const std::string& default_name = {}, const Tensors& values = {});
  NameScope(const NameScope&) = delete;
  NameScope& operator=(const NameScope&) = delete;
  ~NameScope();
  /// With a trailing slash: "a/b/".
  const std::string& name() const { return name_; }

 private:
  std::shared_ptr<GraphBody> body_;
  std::optional<Graph::DefaultScope> default_graph_;  // that of the values
  std::string outer_;
  std::string name_;
};

/// The name scope in force, without a trailing slash.
std::string get_name_scope();

/// Operations made while it lives run after these; without any, the ones of scopes around are forgotten.
/// **See**: `tf.control_dependencies`.
class ControlDependencies {
 public:
  explicit ControlDependencies(const std::vector<Operation>& operations);
  /// Forgets all, as None does.
  ControlDependencies();
  ControlDependencies(const ControlDependencies&) = delete;
  ControlDependencies& operator=(const ControlDependencies&) = delete;
  ~ControlDependencies();

 private:
  std::shared_ptr<GraphBody> body_;
};

}  // namespace cornu::v1
