#pragma once

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <cornu/cornu.h>
#include <nlohmann/json.hpp>

namespace trace {

using Json = nlohmann::json;
namespace v1 = cornu::v1;

struct Value;
using List = std::vector<Value>;

/// A function of a trace: its parameters, its statements and what it returns.
struct Function {
  std::vector<std::string> parameters;
  Json body;
  Json returns;
  std::shared_ptr<struct Environment> closure;
};

/// A layer of a trace, Keras' or the shim's, with what the runner knows of it.
struct KerasLayer {
  cornu::AnyLayer layer;
  std::string class_name;
};

/// What a handle of a trace is bound to.
struct Value {
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Json, List, std::map<std::string, Value>,
               v1::Tensor, v1::Variable, v1::Operation, v1::ScopeObject, v1::Graph, std::shared_ptr<v1::Session>,
               v1::Fetched, std::shared_ptr<Function>, std::shared_ptr<v1::Template>,
               std::shared_ptr<v1::summary::FileWriter>, std::shared_ptr<v1::layers::Dense>, KerasLayer>
      held;

  Value() = default;
  template <typename T> Value(T value) : held(std::move(value)) {}
  template <typename T> const T* as() const { return std::get_if<T>(&held); }
  bool is_none() const { return std::holds_alternative<std::monostate>(held); }
};

/// Bindings of handles; a function body sees those around it.
struct Environment {
  std::map<std::string, Value> bindings;
  std::shared_ptr<Environment> outer;

  const Value* find(const std::string& name) const {
    const auto it = bindings.find(name);
    if (it != bindings.end()) return &it->second;
    return outer ? outer->find(name) : nullptr;
  }
};

}  // namespace trace
