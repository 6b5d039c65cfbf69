#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/v1/graph.h"
#include "models/v1/initializer.h"
#include "models/v1/variable.h"

namespace cornu::v1 {

/// Whether get_variable makes variables, returns existing ones, or does what is needed. `false` means what the scope
/// around says.
class Reuse {
 public:
  enum class Mode { kCreate, kReuse, kAuto };
  constexpr Reuse(bool reuse = false) : mode_(reuse ? Mode::kReuse : Mode::kCreate) {}
  constexpr explicit Reuse(Mode mode) : mode_(mode) {}
  constexpr Mode mode() const { return mode_; }
  constexpr bool operator==(const Reuse& other) const = default;

 private:
  Mode mode_;
};
inline constexpr Reuse AUTO_REUSE{Reuse::Mode::kAuto};

/// A penalty of a variable, or an undefined tensor for none.
using Regularizer = std::function<Tensor(const Tensor& value)>;
/// Switches off what a scope hands down.
Regularizer no_regularizer();
/// `scale · sum(value²)`
Regularizer l2_regularizer(double scale);

struct GetVariableOptions {
  std::optional<Shape> shape = {};
  std::optional<DType> dtype = {};
  std::optional<Initializer> initializer = {};
  Regularizer regularizer = {};
  Constraint constraint = {};
  bool trainable = true;
  std::vector<std::string> collections = {};
  std::optional<Reuse> reuse = {};
  std::function<Variable(const std::function<Variable(const std::string& name, const GetVariableOptions&)>& getter,
                         const std::string& name, const GetVariableOptions& options)>
      custom_getter = {};
};
/// Asked instead of get_variable: may ask the true getter for another name, or make something of what it gives.
using CustomGetter = decltype(GetVariableOptions::custom_getter);

/// The settings of a variable scope: what an object that `get_variable_scope()` returns refers to.
struct ScopeSettings {
  std::string name;
  Reuse reuse;
  std::optional<Initializer> initializer;
  Regularizer regularizer;
  Constraint constraint;  ///< for variables made directly in it
  CustomGetter custom_getter;
  DType dtype = float32;
  std::string original_name_scope;
};

/// A variable scope as an object, by which it can be entered again wherever one is.
class ScopeObject {
 public:
  explicit ScopeObject(std::shared_ptr<ScopeSettings> settings) : settings_(std::move(settings)) {}
  const std::string& name() const { return settings_->name; }
  /// The name scope under which it was first opened, with a trailing slash.
  const std::string& original_name_scope() const { return settings_->original_name_scope; }
  Reuse reuse() const { return settings_->reuse; }
  /// From now on this object reuses.
  void reuse_variables() const { settings_->reuse = true; }
  void set_initializer(const Initializer& initializer) const { settings_->initializer = initializer; }
  void set_regularizer(const Regularizer& regularizer) const { settings_->regularizer = regularizer; }
  void set_dtype(DType dtype) const { settings_->dtype = dtype; }
  void set_custom_getter(const CustomGetter& getter) const { settings_->custom_getter = getter; }
  const std::shared_ptr<ScopeSettings>& settings() const { return settings_; }
  bool operator==(const ScopeObject& other) const { return settings_ == other.settings_; }

 private:
  std::shared_ptr<ScopeSettings> settings_;
};
/// The variable scope in force.
ScopeObject get_variable_scope();

struct ScopeOptions {
  Reuse reuse = {};
  std::optional<Initializer> initializer = {};
  Regularizer regularizer = {};
  Constraint constraint = {};
  CustomGetter custom_getter = {};
  std::optional<DType> dtype = {};
  Tensors values = {};  ///< tensors whose graph the scope belongs to
  bool auxiliary_name_scope = true;
};

/// A variable scope while it lives: names of variables begin with its name, and it decides on sharing. It opens a name
/// scope too.
///
/// ```cpp
/// v1::VariableScope scope("fc1", {.reuse = v1::AUTO_REUSE});
/// v1::Variable kernel = v1::get_variable("kernel", {.shape = Shape{784, 128}});   // fc1/kernel
/// ```
/// **Throws** ValueError for a name that is none. **See**: `tf.compat.v1.variable_scope`.
class VariableScope {
 public:
  explicit VariableScope(const std::string& name, const ScopeOptions& options = {});
  VariableScope(const char* name, const ScopeOptions& options = {}) : VariableScope(std::string(name), options) {}
  /// Enters a scope again, wherever it is, with the settings of the object.
  explicit VariableScope(const ScopeObject& scope, const ScopeOptions& options = {});
  /// A scope of that name made unique. **Throws** ValueError together with reuse.
  struct DefaultName {
    std::string name;
  };
  explicit VariableScope(const DefaultName& default_name, const ScopeOptions& options = {});
  VariableScope(const VariableScope&) = delete;
  VariableScope& operator=(const VariableScope&) = delete;
  ~VariableScope();

  /// The scope as an object.
  ScopeObject object() const { return ScopeObject(settings_); }
  operator ScopeObject() const { return object(); }
  const std::string& name() const { return settings_->name; }
  const std::string& original_name_scope() const { return settings_->original_name_scope; }
  void reuse_variables() const { object().reuse_variables(); }

 private:
  void enter(const std::string& full_name, const ScopeOptions& options, ScopeSettings settings);
  std::string open_name_scope(const std::string& name, const ScopeOptions& options);

  std::shared_ptr<GraphBody> body_;
  Graph::DefaultScope default_graph_;  // that of the values
  std::string outer_name_scope_;
  std::shared_ptr<ScopeSettings> outer_scope_;
  std::shared_ptr<ScopeSettings> settings_;
  std::optional<std::map<std::string, int>> restored_counts_;
};

/// The variable of that name in the current variable scope: an existing one, or a new one, as the scope's `reuse` says.
///
/// **Throws** ValueError when it exists and is not to be reused, when it is to be reused and does not exist, and for
/// shapes and dtypes that differ from those of an existing one. **See**: `tf.compat.v1.get_variable`.
Variable get_variable(const std::string& name, const GetVariableOptions& options = {});
/// One that belongs to LOCAL_VARIABLES and is not trained.
Variable get_local_variable(const std::string& name, const GetVariableOptions& options = {});

}  // namespace cornu::v1
