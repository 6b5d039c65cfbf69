#include "tests/v1_trace/interpreter.h"

#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "tests/v1_trace/answers.h"
#include "tests/v1_trace/layers.h"

namespace trace {
namespace {

using cornu::DType;
using cornu::Shape;

template <typename T> std::optional<T> optional_of(const Json& statement, const char* key) {
  if (!statement.contains(key) || statement.at(key).is_null()) return {};
  return statement.at(key).get<T>();
}
std::string text_of(const Json& statement, const char* key) {
  return optional_of<std::string>(statement, key).value_or("");
}

class Interpreter {
 public:
  Interpreter(std::string folder, bool shim) : folder_(std::move(folder)), shim_(shim) {}

  void run(const Json& statements, const std::shared_ptr<Environment>& env) {
    for (const Json& statement : statements) {
      const std::string kind = statement.at("do");
      const auto it = handlers().find(kind);
      if (it == handlers().end()) throw UnknownStatement("unknown statement \"" + kind + "\"");
      try {
        const Value value = (this->*it->second)(statement, env);
        if (statement.contains("as") && !value.is_none()) env->bindings[statement.at("as")] = value;
        if (statement.contains("as") && value.is_none() && !binds_itself(kind)) env->bindings[statement.at("as")] = {};
      } catch (const Mismatch& error) {
        throw;
      }
    }
  }

 private:
  using Env = std::shared_ptr<Environment>;
  using Handler = Value (Interpreter::*)(const Json&, const Env&);

  static bool binds_itself(const std::string& kind) {
    return kind == "variable_scope" || kind == "name_scope" || kind == "session" || kind == "with_graph" ||
           kind == "control_dependencies" || kind == "if" || kind == "repeat";
  }

  // ---- references

  static Value element(const Value& list, std::size_t index) {
    if (const List* items = list.as<List>()) return items->at(index);
    if (const auto* fetched = list.as<v1::Fetched>()) return Value((*fetched)[index]);
    throw Mismatch("a reference by index to something that is no list");
  }

  Value ref(const Json& x, const Env& env) const {
    if (x.is_string()) {
      const std::string& text = x.get_ref<const std::string&>();
      if (text.empty() || text[0] != '$') return Value(text);
      const std::size_t bracket = text.find('[');
      const std::string name = text.substr(1, bracket == std::string::npos ? bracket : bracket - 1);
      const Value* value = env->find(name);
      if (!value) throw Mismatch("unknown handle $" + name);
      return bracket == std::string::npos ? *value : element(*value, std::stoul(text.substr(bracket + 1)));
    }
    if (x.is_array()) {
      List list;
      for (const Json& item : x) list.push_back(ref(item, env));
      return Value(std::move(list));
    }
    if (x.is_object() && x.contains("list")) return ref(x.at("list"), env);
    if (x.is_object() && x.contains("dict")) {
      std::map<std::string, Value> map;
      for (const auto& [key, item] : x.at("dict").items()) map[key] = ref(item, env);
      return Value(std::move(map));
    }
    if (x.is_boolean()) return Value(x.get<bool>());
    if (x.is_number_integer()) return Value(x.get<std::int64_t>());
    if (x.is_number()) return Value(x.get<double>());
    if (x.is_null()) return {};
    return Value(x);
  }

  template <typename T> T get(const Json& x, const Env& env) const {
    const Value value = ref(x, env);
    if (const T* held = value.as<T>()) return *held;
    throw Mismatch("a handle is of another kind than the statement needs: " + x.dump());
  }

  static std::optional<v1::Tensor> as_tensor(const Value& value) {
    if (const auto* tensor = value.as<v1::Tensor>()) return *tensor;
    if (const auto* variable = value.as<v1::Variable>()) return variable->value();
    if (const auto* fetched = value.as<v1::Fetched>()) return v1::Tensor(fetched->tensor());
    return {};
  }

  // An operand: a handle, or a literal whose dtype follows the tensors beside it.
  v1::Tensor tensor(const Json& x, const Env& env, std::optional<DType> beside = {}) const {
    if (x.is_object() && x.contains("value"))
      return array(x.at("value"), cornu::dtype_of(x.value("dtype", std::string("float32"))));
    if (x.is_array() && !(x.size() > 0 && x[0].is_string() && x[0].get<std::string>().starts_with("$")))
      return array(x, beside && inferred(x) != cornu::boolean ? *beside : inferred(x));
    const Value value = ref(x, env);
    if (const auto found = as_tensor(value)) return *found;
    if (const auto* flag = value.as<bool>()) return v1::Tensor(*flag);
    if (const auto* integer = value.as<std::int64_t>()) return v1::Tensor(*integer);
    if (const auto* number = value.as<double>()) return v1::Tensor(*number);
    throw Mismatch("expected a tensor: " + x.dump());
  }

  v1::Tensors tensors(const Json& list, const Env& env, bool of_one_dtype = true) const {
    std::optional<DType> beside;
    for (const Json& item : list) {
      if (item.is_string() && of_one_dtype) beside = tensor(item, env).dtype();
    }
    v1::Tensors result;
    for (const Json& item : list) result.push_back(tensor(item, env, beside));
    return result;
  }

  Shape shape(const Json& x, const Env& env) const {
    std::vector<std::int64_t> dims;
    for (const Json& item : x) {
      if (item.is_null()) {
        dims.push_back(cornu::kUnknown);
      } else if (item.is_object()) {
        const Json& of = item.at("dim");
        dims.push_back(tensor(of.at(0), env).shape()[of.at(1).get<std::int64_t>()]);
      } else {
        dims.push_back(get<std::int64_t>(item, env));
      }
    }
    return Shape(dims);
  }

  std::optional<Shape> optional_shape(const Json& statement, const Env& env, const char* key = "shape") const {
    if (!statement.contains(key) || statement.at(key).is_null()) return {};
    return shape(statement.at(key), env);
  }

  static std::optional<DType> dtype(const Json& statement) {
    const auto name = optional_of<std::string>(statement, "dtype");
    if (!name) return {};
    return cornu::dtype_of(*name);
  }

  v1::Reuse reuse(const Json& statement, const Env& env) const {
    if (!statement.contains("reuse")) return {};
    const Value value = ref(statement.at("reuse"), env);
    if (const auto* text = value.as<std::string>(); text && *text == "AUTO") return v1::AUTO_REUSE;
    const auto* flag = value.as<bool>();
    return flag && *flag;
  }

  v1::Operation operation(const Value& value) const {
    if (const auto* op = value.as<v1::Operation>()) return *op;
    if (const auto* variable = value.as<v1::Variable>(); variable && !variable->is_tensor()) return variable->op();
    if (const auto found = as_tensor(value)) return found->op();
    throw Mismatch("expected an operation");
  }

  // ---- functions

  Value invoke(const Function& function, std::vector<Value> arguments) {
    const auto env = std::make_shared<Environment>();
    env->outer = function.closure;
    if (arguments.size() != function.parameters.size()) throw Mismatch("wrong number of arguments");
    for (std::size_t i = 0; i < arguments.size(); ++i) env->bindings[function.parameters[i]] = arguments[i];
    run(function.body, env);
    return ref(function.returns, env);
  }

  // A function of one tensor that gives one.
  std::function<v1::Tensor(const v1::Tensor&)> tensor_function(const Json& spec, const Env& env) {
    const auto function = get<std::shared_ptr<Function>>(spec.at("fn"), env);
    return [this, function](const v1::Tensor& x) -> v1::Tensor {
      const Value result = invoke(*function, {Value(x)});
      if (result.is_none()) return {};
      return as_tensor(result).value();
    };
  }

  // ---- initializers and the like

  std::optional<v1::Initializer> initializer(const Json& statement, const char* key, const Env& env) {
    if (!statement.contains(key) || statement.at(key).is_null()) return {};
    const Json& x = statement.at(key);
    if (x.contains("fn")) {
      const auto function = get<std::shared_ptr<Function>>(x.at("fn"), env);
      return v1::Initializer(
          std::function<v1::Tensor()>([this, function] { return as_tensor(invoke(*function, {})).value(); }));
    }
    if (x.contains("tensor")) return v1::Initializer(tensor(x.at("tensor"), env));
    if (!x.contains("init")) {
      const Json& value = x.at("value");
      const std::optional<DType> stated = dtype(x);
      if (!stated && !value.is_array()) return v1::Initializer(tensor(value, env));
      return v1::Initializer(array(value, stated.value_or(inferred(value))));
    }
    const std::string kind = x.at("init");
    const auto seed = optional_of<std::int64_t>(x, "seed");
    if (kind == "zeros") return v1::zeros_initializer();
    if (kind == "ones") return v1::ones_initializer();
    if (kind == "constant") return v1::constant_initializer(array(x.at("value"), inferred(x.at("value"))));
    if (kind == "random_normal")
      return v1::random_normal_initializer(x.value("mean", 0.0), x.value("stddev", 1.0), seed);
    if (kind == "random_uniform")
      return v1::random_uniform_initializer(x.value("minval", 0.0), x.value("maxval", 1.0), seed);
    if (kind == "glorot_uniform") return v1::glorot_uniform_initializer(seed);
    throw UnknownStatement("unknown initializer \"" + kind + "\"");
  }

  static std::optional<cornu::Initializer> keras_initializer(const Json& statement, const char* key) {
    if (!statement.contains(key) || statement.at(key).is_null()) return {};
    const Json& x = statement.at(key);
    const std::string kind = x.at("init");
    if (kind == "zeros") return cornu::Initializer("zeros");
    if (kind == "ones") return cornu::Initializer("ones");
    if (kind == "constant") return cornu::initializers::Constant(x.at("value").get<double>());
    if (kind == "random_normal")
      return cornu::initializers::RandomNormal({.mean = x.value("mean", 0.0), .stddev = x.value("stddev", 1.0)});
    if (kind == "random_uniform")
      return cornu::initializers::RandomUniform({.minval = x.value("minval", 0.0), .maxval = x.value("maxval", 1.0)});
    if (kind == "glorot_uniform") return cornu::Initializer("glorot_uniform");
    throw UnknownStatement("unknown initializer \"" + kind + "\"");
  }

  v1::Regularizer regularizer(const Json& statement, const char* key, const Env& env) {
    if (!statement.contains(key) || statement.at(key).is_null()) return {};
    const Json& x = statement.at(key);
    if (text_of(x, "reg") == "none") return v1::no_regularizer();
    if (text_of(x, "reg") == "l2") return v1::l2_regularizer(x.at("scale"));
    return tensor_function(x, env);
  }

  v1::Constraint constraint(const Json& statement, const Env& env) {
    if (!statement.contains("constraint") || statement.at("constraint").is_null()) return {};
    return tensor_function(statement.at("constraint"), env);
  }

  static v1::CustomGetter custom_getter(const Json& statement) {
    if (!statement.contains("custom_getter") || statement.at("custom_getter").is_null()) return {};
    const Json& x = statement.at("custom_getter");
    const std::string kind = x.at("getter");
    if (kind == "suffix") {
      return [suffix = x.at("value").get<std::string>()](const auto& getter, const auto& name, const auto& options) {
        return getter(name + suffix, options);
      };
    }
    if (kind == "multiply") {
      return [factor = x.at("value").get<double>()](const auto& getter, const auto& name, const auto& options) {
        return v1::Variable::of_tensor(getter(name, options).value() * factor);
      };
    }
    if (kind == "non_trainable") {
      return [](const auto& getter, const auto& name, v1::GetVariableOptions options) {
        options.trainable = false;
        return getter(name, options);
      };
    }
    throw UnknownStatement("unknown getter \"" + kind + "\"");
  }

  // ---- graphs

  v1::Graph graph(const Json& statement, const Env& env) const {
    return statement.contains("graph") ? get<v1::Graph>(statement.at("graph"), env) : v1::get_default_graph();
  }

  Value do_graph(const Json&, const Env&) { return Value(v1::Graph()); }
  Value do_with_graph(const Json& st, const Env& env) {
    const auto scope = get<v1::Graph>(st.at("graph"), env).as_default();
    run(st.at("body"), env);
    return {};
  }
  Value do_get_default_graph(const Json&, const Env&) { return Value(v1::get_default_graph()); }
  Value do_reset_default_graph(const Json&, const Env&) {
    v1::reset_default_graph();
    return {};
  }
  Value do_finalize(const Json& st, const Env& env) {
    graph(st, env).finalize();
    return {};
  }
  Value do_set_random_seed(const Json& st, const Env&) {
    v1::set_random_seed(st.at("seed"));
    return {};
  }

  // ---- scopes

  Value do_variable_scope(const Json& st, const Env& env) {
    v1::ScopeOptions options{.reuse = reuse(st, env),
                             .initializer = initializer(st, "initializer", env),
                             .regularizer = regularizer(st, "regularizer", env),
                             .constraint = constraint(st, env),
                             .custom_getter = custom_getter(st),
                             .dtype = dtype(st),
                             .values = {},
                             .auxiliary_name_scope = st.value("auxiliary_name_scope", true)};
    if (st.contains("values")) options.values = tensors(st.at("values"), env);
    const Value name = ref(st.at("name"), env);
    const auto inside = [&](const v1::VariableScope& scope) {
      if (st.contains("as")) env->bindings[st.at("as")] = Value(scope.object());
      run(st.at("body"), env);
    };
    if (const auto* object = name.as<v1::ScopeObject>()) {
      inside(v1::VariableScope(*object, options));
    } else if (const auto* text = name.as<std::string>()) {
      inside(v1::VariableScope(*text, options));
    } else {
      inside(v1::VariableScope(v1::VariableScope::DefaultName{text_of(st, "default_name")}, options));
    }
    return {};
  }

  Value do_name_scope(const Json& st, const Env& env) {
    const Value name = ref(st.at("name"), env);
    v1::Tensors values;
    if (st.contains("values")) values = tensors(st.at("values"), env);
    const auto* text = name.as<std::string>();
    const v1::NameScope scope(text ? *text : "", text ? "" : text_of(st, "default_name"), values);
    if (st.contains("as")) env->bindings[st.at("as")] = Value(scope.name());
    run(st.at("body"), env);
    return {};
  }

  Value do_control_dependencies(const Json& st, const Env& env) {
    if (st.at("on").is_null()) {
      const v1::ControlDependencies none;
      run(st.at("body"), env);
      return {};
    }
    std::vector<v1::Operation> operations;
    for (const Json& item : st.at("on")) operations.push_back(operation(ref(item, env)));
    const v1::ControlDependencies after(operations);
    run(st.at("body"), env);
    return {};
  }

  Value do_get_variable_scope(const Json&, const Env&) { return Value(v1::get_variable_scope()); }
  Value do_reuse_variables(const Json& st, const Env& env) {
    get<v1::ScopeObject>(st.at("scope"), env).reuse_variables();
    return {};
  }
  Value do_scope_set(const Json& st, const Env& env) {
    const auto scope = get<v1::ScopeObject>(st.at("scope"), env);
    if (const auto given = initializer(st, "initializer", env)) scope.set_initializer(*given);
    if (st.contains("regularizer")) scope.set_regularizer(regularizer(st, "regularizer", env));
    if (const auto given = dtype(st)) scope.set_dtype(*given);
    return {};
  }

  // ---- variables

  v1::GetVariableOptions variable_options(const Json& st, const Env& env) {
    return {.shape = optional_shape(st, env),
            .dtype = dtype(st),
            .initializer = initializer(st, "initializer", env),
            .regularizer = regularizer(st, "regularizer", env),
            .constraint = constraint(st, env),
            .trainable = st.value("trainable", true),
            .collections = st.value("collections", std::vector<std::string>()),
            .reuse = {},
            .custom_getter = custom_getter(st)};
  }
  Value do_get_variable(const Json& st, const Env& env) {
    return Value(v1::get_variable(get<std::string>(st.at("name"), env), variable_options(st, env)));
  }
  Value do_get_local_variable(const Json& st, const Env& env) {
    return Value(v1::get_local_variable(get<std::string>(st.at("name"), env), variable_options(st, env)));
  }
  Value do_variable(const Json& st, const Env& env) {
    v1::VariableOptions options{.dtype = dtype(st),
                                .trainable = st.value("trainable", true),
                                .collections = st.value("collections", std::vector<std::string>()),
                                .constraint = {}};
    if (st.contains("name")) options.name = get<std::string>(st.at("name"), env);
    return Value(v1::Variable(initializer(st, "initial", env).value(), options));
  }
  Value assigned(const Json& st, const Env& env,
                 v1::Tensor (*function)(const v1::Variable&, const v1::Tensor&, const std::string&)) {
    const Value held = ref(st.at("var"), env);
    const v1::Variable variable =
        held.as<v1::Variable>() ? *held.as<v1::Variable>() : v1::variable_of(as_tensor(held).value());
    return Value(function(variable, tensor(st.at("value"), env, variable.dtype()), text_of(st, "name")));
  }
  Value do_assign(const Json& st, const Env& env) { return assigned(st, env, v1::assign); }
  Value do_assign_add(const Json& st, const Env& env) { return assigned(st, env, v1::assign_add); }
  Value do_assign_sub(const Json& st, const Env& env) { return assigned(st, env, v1::assign_sub); }
  Value do_load(const Json& st, const Env& env) {
    const auto variable = get<v1::Variable>(st.at("var"), env);
    variable.load(array(st.at("value"), variable.dtype()), *get<std::shared_ptr<v1::Session>>(st.at("session"), env));
    return {};
  }
  Value do_global_variables_initializer(const Json&, const Env&) { return Value(v1::global_variables_initializer()); }
  Value do_local_variables_initializer(const Json&, const Env&) { return Value(v1::local_variables_initializer()); }
  Value do_variables_initializer(const Json& st, const Env& env) {
    v1::Variables variables;
    for (const Json& item : st.at("vars")) variables.push_back(get<v1::Variable>(item, env));
    return Value(v1::variables_initializer(variables, st.value("name", std::string("init"))));
  }
  Value do_report_uninitialized_variables(const Json&, const Env&) {
    return Value(v1::report_uninitialized_variables());
  }
  Value do_is_variable_initialized(const Json& st, const Env& env) {
    return Value(v1::is_variable_initialized(get<v1::Variable>(st.at("var"), env)));
  }

  // ---- tensors

  Value do_placeholder(const Json& st, const Env& env) {
    return Value(v1::placeholder(dtype(st).value(), optional_shape(st, env), text_of(st, "name")));
  }
  Value do_placeholder_with_default(const Json& st, const Env& env) {
    return Value(v1::placeholder_with_default(
        tensor(st.at("value"), env), optional_shape(st, env).value_or(Shape::unknown_rank()), text_of(st, "name")));
  }
  Value do_constant(const Json& st, const Env& env) {
    const Json& given = st.at("value");
    const std::optional<DType> stated = dtype(st);
    cornu::Tensor value;
    if (given.is_string() && given.get<std::string>().starts_with("$")) {
      const Value held = ref(given, env);
      value = as_tensor(held) ? cornu::Tensor(*as_tensor(held)) : cornu::Tensor(tensor(given, env));
    } else {
      value = array(given, inferred(given));
    }
    if (shim_) return Value(v1::Tensor(stated ? cornu::ops::cast(value, *stated) : value));
    return Value(v1::constant(value, {.dtype = stated, .shape = optional_shape(st, env), .name = text_of(st, "name")}));
  }

  Value do_op(const Json& st, const Env& env);

  Value do_gradients(const Json& st, const Env& env) {
    const v1::Tensors ys = st.at("ys").is_array() ? tensors(st.at("ys"), env) : v1::Tensors{tensor(st.at("ys"), env)};
    List list;
    for (const v1::Tensor& gradient : v1::gradients(ys, tensors(st.at("xs"), env)))
      list.push_back(gradient.defined() ? Value(gradient) : Value());
    return Value(std::move(list));
  }
  Value do_group(const Json& st, const Env& env) {
    std::vector<v1::Operation> operations;
    for (const Json& item : st.at("in")) operations.push_back(operation(ref(item, env)));
    return Value(v1::group(operations, st.value("name", std::string("group_deps"))));
  }
  Value do_no_op(const Json& st, const Env&) { return Value(v1::no_op(text_of(st, "name"))); }

  // What a branch returns: one value, a list, a map, nested; in a row, and how to put results back.
  static void flatten(const Value& value, v1::Tensors& flat) {
    if (const auto* list = value.as<List>()) {
      for (const Value& item : *list) flatten(item, flat);
    } else if (const auto* map = value.as<std::map<std::string, Value>>()) {
      for (const auto& [key, item] : *map) flatten(item, flat);
    } else if (const auto found = as_tensor(value)) {
      flat.push_back(*found);
    } else if (const auto* number = value.as<double>()) {
      flat.emplace_back(cornu::Tensor(static_cast<float>(*number)).strong());
    } else if (const auto* integer = value.as<std::int64_t>()) {
      flat.emplace_back(cornu::Tensor::copy({static_cast<std::int32_t>(*integer)}, Shape{}));
    }
  }
  static Value formed(const Value& form, const v1::Tensors& flat, std::size_t& next) {
    if (const auto* list = form.as<List>()) {
      List result;
      for (const Value& item : *list) result.push_back(formed(item, flat, next));
      return Value(std::move(result));
    }
    if (const auto* map = form.as<std::map<std::string, Value>>()) {
      std::map<std::string, Value> result;
      for (const auto& [key, item] : *map) result[key] = formed(item, flat, next);
      return Value(std::move(result));
    }
    return Value(flat.at(next++));
  }
  static std::string structure(const Value& value) {
    std::string text;
    if (const auto* list = value.as<List>()) {
      for (const Value& item : *list) text += structure(item) + ",";
      return "[" + text + "]";
    }
    if (const auto* map = value.as<std::map<std::string, Value>>()) {
      for (const auto& [key, item] : *map) text += key + ":" + structure(item) + ",";
      return "{" + text + "}";
    }
    return ".";
  }

  Value do_cond(const Json& st, const Env& env) {
    Value form;
    std::string first;
    std::size_t count = 0;
    const auto branch = [&](const char* key) {
      return [&, key]() -> v1::Tensors {
        const auto local = std::make_shared<Environment>();
        local->outer = env;
        const Json& spec = st.at(key);
        if (spec.contains("body")) run(spec.at("body"), local);
        const Value returned = ref(spec.at("returns"), local);
        v1::Tensors flat;
        flatten(returned, flat);
        if (first.empty()) {
          first = structure(returned);
          form = returned;
          count = flat.size();
        } else if (first != structure(returned)) {
          // In C++ a branch returns tensors in a row: another structure is another number of them.
          flat.resize(count + 1, tensor(st.at("pred"), env));
        }
        return flat;
      };
    };
    const v1::Tensors flat =
        v1::cond(tensor(st.at("pred"), env), branch("then"), branch("else"), st.value("name", std::string("cond")));
    std::size_t next = 0;
    return formed(form, flat, next);
  }

  // ---- look-ups

  Value do_get_tensor_by_name(const Json& st, const Env& env) {
    return Value(graph(st, env).get_tensor_by_name(st.at("name")));
  }
  Value do_get_operation_by_name(const Json& st, const Env& env) {
    return Value(graph(st, env).get_operation_by_name(st.at("name")));
  }
  Value do_get(const Json& st, const Env& env);

  Value do_add_to_collection(const Json& st, const Env& env) {
    v1::add_to_collection(st.at("key"), collectible(ref(st.at("value"), env)));
    return {};
  }
  v1::Collectible collectible(const Value& value) const {
    if (const auto* variable = value.as<v1::Variable>()) return *variable;
    if (const auto* op = value.as<v1::Operation>()) return *op;
    return as_tensor(value).value();
  }
  Value do_get_collection(const Json& st, const Env& env) {
    List list;
    for (const v1::Collectible& item : v1::get_collection(st.at("key"), scope_of(st, env)))
      list.push_back(std::visit([](const auto& held) { return Value(held); }, item));
    return Value(std::move(list));
  }
  std::string scope_of(const Json& st, const Env& env) const {
    if (!st.contains("scope") || st.at("scope").is_null()) return "";
    return get<std::string>(st.at("scope"), env);
  }

  // ---- training

  std::unique_ptr<v1::train::Optimizer> optimizer(const Json& st, const Env& env) const {
    const std::string kind = st.value("optimizer", std::string("GradientDescent"));
    const v1::Tensor rate = tensor(st.at("learning_rate"), env);
    if (kind == "GradientDescent") return std::make_unique<v1::train::GradientDescentOptimizer>(rate);
    if (kind == "Momentum") return std::make_unique<v1::train::MomentumOptimizer>(rate, st.value("momentum", 0.9));
    if (kind == "Adam") return std::make_unique<v1::train::AdamOptimizer>(rate);
    throw UnknownStatement("unknown optimizer \"" + kind + "\"");
  }
  v1::Variables variables(const Json& st, const Env& env) const {
    v1::Variables list;
    if (st.contains("var_list")) {
      for (const Json& item : st.at("var_list")) list.push_back(get<v1::Variable>(item, env));
    }
    return list;
  }
  Value do_minimize(const Json& st, const Env& env) {
    v1::train::MinimizeOptions options{.var_list = variables(st, env), .name = text_of(st, "name")};
    if (st.contains("global_step")) options.global_step = get<v1::Variable>(st.at("global_step"), env);
    return Value(optimizer(st, env)->minimize(tensor(st.at("loss"), env), options));
  }
  Value do_compute_gradients(const Json& st, const Env& env) {
    List list;
    for (const auto& [gradient, variable] :
         optimizer(st, env)->compute_gradients(tensor(st.at("loss"), env), variables(st, env)))
      list.push_back(Value(List{gradient.defined() ? Value(gradient) : Value(), Value(variable)}));
    return Value(std::move(list));
  }
  Value do_apply_gradients(const Json& st, const Env& env) {
    v1::train::GradientsAndVariables pairs;
    const auto list = get<List>(st.at("grads_and_vars"), env);
    for (const Value& item : list) {
      const List& pair = *item.as<List>();
      pairs.emplace_back(pair.at(0).is_none() ? v1::Tensor() : as_tensor(pair.at(0)).value(),
                         *pair.at(1).as<v1::Variable>());
    }
    return Value(optimizer(st, env)->apply_gradients(pairs));
  }
  Value do_create_global_step(const Json&, const Env&) { return Value(v1::get_or_create_global_step()); }

  // ---- layers

  template <typename Options> Options layer_options(const Json& st, const Env& env) {
    Options options;
    if (st.contains("activation") && !st.at("activation").is_null())
      options.activation = st.at("activation").get<std::string>();
    options.use_bias = st.value("use_bias", true);
    options.kernel_initializer = initializer(st, "kernel_initializer", env);
    options.bias_initializer = initializer(st, "bias_initializer", env);
    options.kernel_regularizer = regularizer(st, "kernel_regularizer", env);
    options.bias_regularizer = regularizer(st, "bias_regularizer", env);
    options.trainable = st.value("trainable", true);
    if (st.contains("name") && !st.at("name").is_null()) options.name = get<std::string>(st.at("name"), env);
    options.reuse = reuse(st, env);
    return options;
  }
  v1::layers::Conv2DOptions conv_options(const Json& st, const Env& env) {
    auto options = layer_options<v1::layers::Conv2DOptions>(st, env);
    if (st.contains("strides")) options.strides = numbers(st.at("strides"));
    options.padding = st.value("padding", std::string("valid"));
    return options;
  }
  static std::vector<std::int64_t> numbers(const Json& x) {
    return x.is_array() ? x.get<std::vector<std::int64_t>>() : std::vector<std::int64_t>{x.get<std::int64_t>()};
  }
  Value do_layers_dense(const Json& st, const Env& env) {
    return Value(v1::layers::dense(tensor(st.at("in"), env), get<std::int64_t>(st.at("units"), env),
                                   layer_options<v1::layers::DenseOptions>(st, env)));
  }
  Value do_layers_conv2d(const Json& st, const Env& env) {
    return Value(v1::layers::conv2d(tensor(st.at("in"), env), st.at("filters"), numbers(st.at("kernel_size")),
                                    conv_options(st, env)));
  }
  Value do_layers_max_pooling2d(const Json& st, const Env& env) {
    return Value(
        v1::layers::max_pooling2d(tensor(st.at("in"), env), numbers(st.at("pool_size")), numbers(st.at("strides")),
                                  {.padding = st.value("padding", std::string("valid")), .name = text_of(st, "name")}));
  }
  Value do_layers_flatten(const Json& st, const Env& env) {
    return Value(v1::layers::flatten(tensor(st.at("in"), env), text_of(st, "name")));
  }
  std::variant<bool, v1::Tensor> training(const Json& st, const Env& env) const {
    if (!st.contains("training")) return false;
    const Value value = ref(st.at("training"), env);
    if (const auto* flag = value.as<bool>()) return *flag;
    return as_tensor(value).value();
  }
  Value do_layers_dropout(const Json& st, const Env& env) {
    return Value(v1::layers::dropout(
        tensor(st.at("in"), env), {.rate = st.at("rate"), .training = training(st, env), .name = text_of(st, "name")}));
  }
  Value do_layers_batch_normalization(const Json& st, const Env& env) {
    v1::layers::BatchNormalizationOptions options{.momentum = st.value("momentum", 0.99),
                                                  .epsilon = st.value("epsilon", 1e-3),
                                                  .center = st.value("center", true),
                                                  .scale = st.value("scale", true),
                                                  .training = training(st, env),
                                                  .trainable = st.value("trainable", true),
                                                  .reuse = reuse(st, env)};
    if (st.contains("name")) options.name = get<std::string>(st.at("name"), env);
    return Value(v1::layers::batch_normalization(tensor(st.at("in"), env), options));
  }
  Value do_layers_Dense(const Json& st, const Env& env) {
    auto options = layer_options<v1::layers::DenseOptions>(st, env);
    if (!st.contains("scope"))
      return Value(std::make_shared<v1::layers::Dense>(st.at("units").get<std::int64_t>(), options));
    const Value scope = ref(st.at("scope"), env);
    const auto* object = scope.as<v1::ScopeObject>();
    options.scope = object ? *object : v1::VariableScope(*scope.as<std::string>()).object();
    return Value(std::make_shared<v1::layers::Dense>(st.at("units").get<std::int64_t>(), options));
  }
  Value do_keras_layer(const Json& st, const Env& env) {
    const std::string kind = st.at("class");
    const std::string name = st.contains("name") ? get<std::string>(st.at("name"), env) : "";
    const auto units = [&] { return get<std::int64_t>(st.at("units"), env); };
    if (kind == "Dense") {
      cornu::layers::DenseOptions options{.use_bias = st.value("use_bias", true), .name = name};
      if (st.contains("activation")) options.activation = st.at("activation").get<std::string>();
      if (const auto given = keras_initializer(st, "kernel_initializer")) options.kernel_initializer = *given;
      if (const auto given = keras_initializer(st, "bias_initializer")) options.bias_initializer = *given;
      options.trainable = st.value("trainable", true);
      return Value(KerasLayer{cornu::layers::Dense(units(), options), kind});
    }
    if (kind == "SharedLinearLayer")
      return Value(KerasLayer{SharedLinearLayer(units(), keras_initializer(st, "w_initializer"), name), kind});
    if (kind == "SharedDenseLayer")
      return Value(KerasLayer{SharedDenseLayer(units(), keras_initializer(st, "w_initializer"), name), kind});
    throw UnknownStatement("unknown layer class \"" + kind + "\"");
  }
  Value do_apply(const Json& st, const Env& env) {
    const Value layer = ref(st.at("layer"), env);
    const v1::Tensor x = tensor(st.at("in"), env);
    if (const auto* dense = layer.as<std::shared_ptr<v1::layers::Dense>>()) return Value((**dense)(x));
    const auto* keras = layer.as<KerasLayer>();
    if (!keras) throw Mismatch("apply: expected a layer");
    return Value(v1::Tensor(cornu::Tensor(keras->layer(cornu::Inputs(cornu::Tensor(x))))));
  }

  // ---- the shim

  Value do_tracked_layer(const Json& st, const Env& env) {
    const auto function = std::make_shared<Function>(
        Function{st.at("params").get<std::vector<std::string>>(), st.at("body"), st.at("returns"), env});
    const v1::ScopedLayer layer(v1::ScopedLayerBody::Function([this, function](const v1::Tensors& inputs, bool) {
                                  std::vector<Value> arguments(inputs.begin(), inputs.end());
                                  v1::Tensors results;
                                  flatten(invoke(*function, arguments), results);
                                  return results;
                                }),
                                st.value("name", std::string("tracked")));
    return Value(KerasLayer{layer, "ScopedLayer"});
  }
  Value do_get_or_create_layer(const Json& st, const Env& env) {
    const auto function = get<std::shared_ptr<Function>>(st.at("create"), env);
    return Value(KerasLayer{
        v1::get_or_create_layer(st.at("name"), [&] { return invoke(*function, {}).as<KerasLayer>()->layer; }), ""});
  }
  Value do_set_weight(const Json& st, const Env& env) {
    const auto layer = get<KerasLayer>(st.at("layer"), env);
    for (const cornu::Variable& variable : layer.layer->weights()) {
      if (weight_name(*layer.layer, variable) != st.at("name").get<std::string>()) continue;
      variable.assign(array(st.at("value"), variable.dtype()));
      return {};
    }
    throw Mismatch("no weight " + st.at("name").get<std::string>());
  }

  // ---- functions and templates

  Value do_def(const Json& st, const Env& env) {
    return Value(std::make_shared<Function>(Function{st.at("params").get<std::vector<std::string>>(), st.at("body"),
                                                     st.contains("returns") ? st.at("returns") : Json(), env}));
  }
  Value do_call(const Json& st, const Env& env) {
    return invoke(*get<std::shared_ptr<Function>>(st.at("fn"), env), arguments(st, env));
  }
  std::vector<Value> arguments(const Json& st, const Env& env) const {
    std::vector<Value> result;
    if (st.contains("args")) {
      for (const Json& item : st.at("args")) result.push_back(ref(item, env));
    }
    return result;
  }
  static bool is_true(const Value& value) {
    if (const auto* flag = value.as<bool>()) return *flag;
    if (const auto* number = value.as<std::int64_t>()) return *number != 0;
    return !value.is_none();
  }
  Value do_if(const Json& st, const Env& env) {
    const char* branch = is_true(ref(st.at("cond"), env)) ? "then" : "else";
    if (st.contains(branch)) run(st.at(branch), env);
    return {};
  }
  Value do_repeat(const Json& st, const Env& env) {
    for (int i = 0; i < st.at("times").get<int>(); ++i) run(st.at("body"), env);
    return {};
  }
  Value do_make_template(const Json& st, const Env& env) {
    template_functions_.push_back(get<std::shared_ptr<Function>>(st.at("fn"), env));
    const v1::TemplateOptions options{.create_scope_now = st.value("create_scope_now", false),
                                      .unique_name = text_of(st, "unique_name")};
    const auto made = std::make_shared<v1::Template>(st.at("name"), v1::Template::Function(), options);
    functions_of_[made.get()] = template_functions_.back();
    return Value(made);
  }
  Value do_call_template(const Json& st, const Env& env) {
    const auto called = get<std::shared_ptr<v1::Template>>(st.at("template"), env);
    Value result;
    called->call_in_scope([&] { result = invoke(*functions_of_.at(called.get()), arguments(st, env)); });
    return result;
  }

  // ---- sessions

  Value do_session(const Json& st, const Env& env) {
    const auto session = std::make_shared<v1::Session>(graph(st, env));
    if (st.contains("as")) env->bindings[st.at("as")] = Value(session);
    {
      const auto scope = session->as_default();
      run(st.at("body"), env);
    }
    session->close();
    return {};
  }
  Value do_open_session(const Json& st, const Env& env) { return Value(std::make_shared<v1::Session>(graph(st, env))); }
  Value do_close_session(const Json& st, const Env& env) {
    get<std::shared_ptr<v1::Session>>(st.at("session"), env)->close();
    return {};
  }

  v1::Fetch fetch(const Json& x, const Env& env) const {
    if (x.is_array()) {
      std::vector<v1::Fetch> list;
      for (const Json& item : x) list.push_back(fetch(item, env));
      return list;
    }
    if (x.is_object()) {
      std::map<std::string, v1::Fetch> map;
      for (const auto& [key, item] : x.at("dict").items()) map.emplace(key, fetch(item, env));
      return map;
    }
    return fetch_of(ref(x, env));
  }
  static v1::Fetch fetch_of(const Value& value) {
    if (const auto* item = value.as<v1::Tensor>()) return *item;
    if (const auto* item = value.as<v1::Variable>()) return *item;
    if (const auto* item = value.as<v1::Operation>()) return *item;
    if (const auto* item = value.as<std::string>()) return *item;
    if (const auto* list = value.as<List>()) {
      std::vector<v1::Fetch> fetches;
      for (const Value& item : *list) fetches.push_back(fetch_of(item));
      return fetches;
    }
    if (const auto* map = value.as<std::map<std::string, Value>>()) {
      std::map<std::string, v1::Fetch> fetches;
      for (const auto& [key, item] : *map) fetches.emplace(key, fetch_of(item));
      return fetches;
    }
    throw Mismatch("something is fetched that cannot be");
  }

  v1::Feeds feeds(const Json& st, const Env& env) const {
    std::vector<v1::Feed> result;
    if (!st.contains("feeds")) return result;
    for (const Json& pair : st.at("feeds")) {
      const Value key = ref(pair.at(0), env);
      const auto dtype_beside = as_tensor(key) ? std::optional<DType>(as_tensor(key)->dtype()) : std::nullopt;
      const cornu::Tensor value = fed(pair.at(1), env, dtype_beside);
      if (const auto* name = key.as<std::string>()) {
        result.emplace_back(*name, value);
      } else if (const auto* variable = key.as<v1::Variable>()) {
        result.emplace_back(*variable, value);
      } else {
        result.emplace_back(as_tensor(key).value(), value);
      }
    }
    return result;
  }
  cornu::Tensor fed(const Json& x, const Env& env, std::optional<DType> beside) const {
    if (x.is_object() && !x.contains("value")) {
      const Shape size = shape(x.at("shape"), env);
      std::vector<float> values(static_cast<std::size_t>(size.num_elements()));
      for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<float>(x.contains("fill") ? x.at("fill").get<double>()
                                                          : static_cast<double>(i) * x.at("ramp").get<double>());
      return cornu::Tensor::copy(values, size);
    }
    if (x.is_object()) return array(x.at("value"), cornu::dtype_of(x.at("dtype").get<std::string>()));
    if (x.is_string()) return as_tensor(ref(x, env)).value();
    return array(x, beside.value_or(inferred(x)));
  }

  Value do_run(const Json& st, const Env& env) {
    const auto session = get<std::shared_ptr<v1::Session>>(st.at("session"), env);
    return Value(session->run(fetch(st.at("fetches"), env), feeds(st, env)));
  }
  Value do_eval(const Json& st, const Env& env) {
    const Value of = ref(st.at("of"), env);
    if (st.contains("session"))
      return Value(get<std::shared_ptr<v1::Session>>(st.at("session"), env)->run(fetch_of(of), feeds(st, env)));
    std::vector<std::pair<v1::Tensor, cornu::Tensor>> pairs;
    for (const v1::Feed& feed : feeds(st, env)) pairs.emplace_back(feed.tensor, feed.value);
    return Value(v1::Fetched(as_tensor(of).value().eval(pairs)));
  }
  Value do_run_op(const Json& st, const Env& env) {
    operation(ref(st.at("of"), env)).run();
    return {};
  }

  // ---- event files

  Value do_file_writer(const Json& st, const Env& env) {
    const std::string dir = folder_ + "/" + st.at("dir").get<std::string>();
    if (!st.contains("graph")) return Value(std::make_shared<v1::summary::FileWriter>(dir));
    return Value(std::make_shared<v1::summary::FileWriter>(dir, graph(st, env)));
  }
  Value do_add_graph(const Json& st, const Env& env) {
    get<std::shared_ptr<v1::summary::FileWriter>>(st.at("writer"), env)->add_graph(graph(st, env));
    return {};
  }
  Value do_writer_flush(const Json& st, const Env& env) {
    get<std::shared_ptr<v1::summary::FileWriter>>(st.at("writer"), env)->flush();
    return {};
  }
  Value do_writer_close(const Json& st, const Env& env) {
    get<std::shared_ptr<v1::summary::FileWriter>>(st.at("writer"), env)->close();
    return {};
  }

  // ---- expectations

  Value check(const Json& st, const Json& actual) const {
    const Json& expected = st.at("expected");
    if (!same(expected, actual))
      throw Mismatch(st.at("do").get<std::string>() + ": expected " + expected.dump() + ", got " + actual.dump());
    return {};
  }

  Json name(const Value& value) const {
    if (const auto* text = value.as<std::string>()) return *text;
    if (const auto* op = value.as<v1::Operation>()) return op->name();
    if (const auto* variable = value.as<v1::Variable>()) return variable->name();
    return as_tensor(value).value().name();
  }
  Value do_expect_name(const Json& st, const Env& env) { return check(st, name(ref(st.at("of"), env))); }
  Value do_expect_names(const Json& st, const Env& env) {
    Json names = Json::array();
    const Value of = ref(st.at("of"), env);
    for (const Value& item : *of.as<List>()) names.push_back(name(item));
    return check(st, names);
  }
  Value do_expect_shape(const Json& st, const Env& env) {
    const Value value = ref(st.at("of"), env);
    const auto* variable = value.as<v1::Variable>();
    return check(st, shape_json(variable ? variable->shape() : as_tensor(value).value().shape()));
  }
  Value do_expect_dtype(const Json& st, const Env& env) {
    const Value value = ref(st.at("of"), env);
    const auto* variable = value.as<v1::Variable>();
    return check(st, cornu::name_of(variable ? variable->dtype() : as_tensor(value).value().dtype()));
  }
  Value do_expect_op_type(const Json& st, const Env& env) { return check(st, operation(ref(st.at("of"), env)).type()); }
  Value do_expect_op_inputs(const Json& st, const Env& env) {
    const v1::Operation op = operation(ref(st.at("of"), env));
    Json inputs = Json::array();
    for (const v1::Tensor& input : op.inputs()) inputs.push_back(input.name());
    for (const v1::Operation& before : op.control_inputs()) inputs.push_back("^" + before.name());
    return check(st, inputs);
  }
  Value do_expect_trainable(const Json& st, const Env& env) {
    const auto variable = get<v1::Variable>(st.at("of"), env);
    const v1::Variables trainable = v1::trainable_variables();
    return check(st, std::find(trainable.begin(), trainable.end(), variable) != trainable.end());
  }
  Value do_expect_value(const Json& st, const Env& env) { return check(st, encoded(ref(st.at("of"), env))); }
  Value do_expect_value_shape(const Json& st, const Env& env) {
    const Json value = encoded(ref(st.at("of"), env));
    return check(st, {{"dtype", value.at("dtype")}, {"shape", value.at("shape")}});
  }
  Value do_expect_value_stats(const Json& st, const Env& env) {
    return check(st, keeps_bounds(as_tensor(ref(st.at("of"), env)).value(), st.at("bounds")));
  }
  Value do_expect_equal(const Json& st, const Env& env) {
    const Json a = encoded(ref(st.at("a"), env));
    const Json b = encoded(ref(st.at("b"), env));
    return check(st, same(a, b));
  }
  Value do_expect_same_variable(const Json& st, const Env& env) {
    const Value a = ref(st.at("a"), env);
    const Value b = ref(st.at("b"), env);
    if (const auto* x = a.as<v1::Variable>(), *y = b.as<v1::Variable>(); x && y) return check(st, *x == *y);
    if (const auto* x = a.as<v1::Operation>(), *y = b.as<v1::Operation>(); x && y) return check(st, *x == *y);
    if (const auto* x = a.as<v1::Graph>(), *y = b.as<v1::Graph>(); x && y) return check(st, *x == *y);
    if (const auto* x = a.as<v1::ScopeObject>(), *y = b.as<v1::ScopeObject>(); x && y) return check(st, *x == *y);
    if (const auto* x = a.as<KerasLayer>(), *y = b.as<KerasLayer>(); x && y) return check(st, x->layer == y->layer);
    if (const auto* x = a.as<v1::Tensor>(), *y = b.as<v1::Tensor>(); x && y) return check(st, x->same(*y));
    return check(st, false);
  }
  Value do_expect_scope(const Json& st, const Env& env) {
    const auto scope = get<v1::ScopeObject>(st.at("of"), env);
    const Json reuse = scope.reuse() == v1::AUTO_REUSE ? Json("AUTO") : Json(scope.reuse() == v1::Reuse(true));
    return check(st, {{"name", scope.name()}, {"original_name_scope", scope.original_name_scope()}, {"reuse", reuse}});
  }
  Value do_expect_current(const Json& st, const Env&) {
    return check(st, {{"name_scope", v1::get_name_scope()}, {"variable_scope", v1::get_variable_scope().name()}});
  }
  Value do_expect_collection(const Json& st, const Env& env) {
    Json names = Json::array();
    for (const v1::Collectible& item : v1::get_collection(st.at("key"), scope_of(st, env)))
      names.push_back(v1::name_of(item));
    return check(st, names);
  }
  Value do_expect_len(const Json& st, const Env& env) {
    const Value value = ref(st.at("of"), env);
    if (const auto* list = value.as<List>()) return check(st, list->size());
    return check(st, value.as<v1::Fetched>()->size());
  }
  Value do_expect_graph_nodes(const Json& st, const Env& env) {
    return check(st, nodes_json(described_nodes(v1::graph_def(graph(st, env))), st));
  }
  Value do_expect_event_file(const Json& st, const Env&) {
    return check(st, event_file_json(folder_ + "/" + st.at("dir").get<std::string>(), st));
  }
  Value do_expect_weights(const Json& st, const Env& env) {
    const auto layer = get<KerasLayer>(st.at("of"), env);
    return check(st, weights_json(*layer.layer, st.value("kind", std::string("weights"))));
  }
  Value do_expect_losses(const Json& st, const Env& env) {
    const auto layer = get<KerasLayer>(st.at("of"), env);
    Json losses = Json::array();
    const auto* scoped = dynamic_cast<const v1::ScopedLayerBody*>(layer.layer.ptr().get());
    if (!scoped) throw Mismatch("expect_losses: expected a tracked layer");
    for (const cornu::Tensor& loss : scoped->regularization_losses())
      losses.push_back(encoded(Value(v1::Fetched(loss))));
    return check(st, losses);
  }
  Value do_expect_error(const Json& st, const Env& env) {
    try {
      run(st.at("body"), env);
    } catch (const Mismatch&) {
      throw;
    } catch (const UnknownStatement&) {
      throw;
    } catch (const std::exception& error) {
      const Json& expected = st.at("expected");
      const std::string kind = error_class(error);
      if (kind != expected.at("class"))
        throw Mismatch("expect_error: expected " + expected.at("class").get<std::string>() + ", got " + kind + ": " +
                       error.what());
      for (const std::string word : expected.at("words")) {
        if (!contains_ignoring_case(error.what(), word))
          throw Mismatch("expect_error: expected the word \"" + word + "\", got: " + error.what());
      }
      return {};
    }
    throw Mismatch("expect_error: expected " + st.at("expected").at("class").get<std::string>() + ", got no error");
  }

  static const std::map<std::string, Handler>& handlers();

  std::string folder_;
  bool shim_;
  std::vector<std::shared_ptr<Function>> template_functions_;
  std::map<const v1::Template*, std::shared_ptr<Function>> functions_of_;
};

Value Interpreter::do_get(const Json& st, const Env& env) {
  const std::string attribute = st.at("attr");
  const Value of = ref(st.at("of"), env);
  if (attribute == "item") return element(of, st.at("index").get<std::size_t>());
  if (attribute == "op") return Value(operation(of));
  if (attribute == "graph") {
    if (const auto* session = of.as<std::shared_ptr<v1::Session>>()) return Value((*session)->graph());
    return Value(operation(of).graph());
  }
  if (const auto* op = of.as<v1::Operation>(); op && attribute == "output")
    return Value(op->outputs().at(st.value("index", std::size_t{0})));
  if (const auto* dense = of.as<std::shared_ptr<v1::layers::Dense>>()) {
    if (attribute == "kernel") return Value((*dense)->kernel());
    if (attribute == "bias") return Value((*dense)->bias());
    if (attribute == "scope_name") return Value((*dense)->scope_name());
  }
  if (const auto* scope = of.as<v1::ScopeObject>(); scope && attribute == "original_name_scope")
    return Value(scope->original_name_scope());
  if (const auto* keras = of.as<KerasLayer>()) {
    if (const auto* shared = dynamic_cast<SharedDenseLayerBody*>(keras->layer.ptr().get());
        shared && attribute == "dense_layer")
      return Value(KerasLayer{shared->dense_layer, "Dense"});
    for (const cornu::Weight& weight : keras->layer->own_weights()) {
      if (weight.variable.name() == attribute) return Value(v1::variable_of(weight.variable));
    }
  }
  if (const auto* variable = of.as<v1::Variable>()) {
    if (attribute == "initializer") return Value(variable->initializer());
    if (attribute == "value") return Value(variable->value());
    if (attribute == "read_value") return Value(variable->read_value());
    if (attribute == "initialized_value") return Value(variable->initialized_value());
  }
  throw UnknownStatement("unknown attribute \"" + attribute + "\"");
}

Value Interpreter::do_op(const Json& st, const Env& env) {
  const std::string kind = st.at("op");
  const std::string name = st.contains("name") && !st.at("name").is_null() ? get<std::string>(st.at("name"), env) : "";
  const Json attrs = st.value("attrs", Json::object());
  const v1::Tensors in = st.contains("in") ? tensors(st.at("in"), env, kind != "gather") : v1::Tensors();
  using Unary = v1::Tensor (*)(const v1::Tensor&, const std::string&);
  using Binary = v1::Tensor (*)(const v1::Tensor&, const v1::Tensor&, const std::string&);
  static const std::map<std::string, Unary> unary{{"identity", v1::identity},
                                                  {"stop_gradient", v1::stop_gradient},
                                                  {"negative", v1::negative},
                                                  {"abs", v1::abs},
                                                  {"square", v1::square},
                                                  {"sqrt", v1::sqrt},
                                                  {"exp", v1::exp},
                                                  {"log", v1::log},
                                                  {"relu", v1::nn::relu},
                                                  {"sigmoid", v1::sigmoid},
                                                  {"tanh", v1::tanh},
                                                  {"softmax", v1::nn::softmax},
                                                  {"l2_loss", v1::nn::l2_loss},
                                                  {"shape", v1::shape},
                                                  {"zeros_like", v1::zeros_like},
                                                  {"ones_like", v1::ones_like},
                                                  {"logical_not", v1::logical_not}};
  static const std::map<std::string, Binary> binary{
      {"add", v1::add},       {"subtract", v1::subtract},     {"multiply", v1::multiply},
      {"divide", v1::divide}, {"maximum", v1::maximum},       {"minimum", v1::minimum},
      {"pow", v1::pow},       {"bias_add", v1::nn::bias_add}, {"equal", v1::equal},
      {"less", v1::less},     {"greater", v1::greater},       {"logical_and", v1::logical_and},
      {"gather", v1::gather}};
  if (const auto it = unary.find(kind); it != unary.end()) return Value(it->second(in.at(0), name));
  if (const auto it = binary.find(kind); it != binary.end()) return Value(it->second(in.at(0), in.at(1), name));
  const auto integers = [&](const char* key) { return attrs.at(key).get<std::vector<std::int64_t>>(); };
  const auto seed = optional_of<std::int64_t>(attrs, "seed");
  const auto reduce = [&](v1::Tensor (*function)(const v1::Tensor&, const v1::ReduceOptions&)) {
    v1::ReduceOptions options{.keepdims = attrs.value("keepdims", false), .name = name};
    if (attrs.contains("axis") && !attrs.at("axis").is_null()) options.axis = numbers(attrs.at("axis"));
    return Value(function(in.at(0), options));
  };
  if (kind == "+") return Value(in.at(0) + in.at(1));
  if (kind == "-") return Value(in.at(0) - in.at(1));
  if (kind == "*") return Value(in.at(0) * in.at(1));
  if (kind == "/") return Value(in.at(0) / in.at(1));
  if (kind == "@") return Value(v1::matmul(in.at(0), in.at(1), {.name = "matmul"}));
  if (kind == "neg-") return Value(-in.at(0));
  if (kind == "<") return Value(in.at(0) < in.at(1));
  if (kind == ">") return Value(in.at(0) > in.at(1));
  if (kind == "matmul")
    return Value(v1::matmul(in.at(0), in.at(1),
                            {.transpose_a = attrs.value("transpose_a", false),
                             .transpose_b = attrs.value("transpose_b", false),
                             .name = name}));
  if (kind == "add_n") return Value(v1::add_n(in, name));
  if (kind == "reduce_mean") return reduce(v1::reduce_mean);
  if (kind == "reduce_sum") return reduce(v1::reduce_sum);
  if (kind == "reduce_max") return reduce(v1::reduce_max);
  if (kind == "argmax") return Value(v1::argmax(in.at(0), attrs.value("axis", std::int64_t{0}), name));
  if (kind == "conv2d")
    return Value(v1::nn::conv2d(in.at(0), in.at(1), integers("strides"), attrs.at("padding"), name));
  if (kind == "max_pool")
    return Value(v1::nn::max_pool(in.at(0), integers("ksize"), integers("strides"), attrs.at("padding"), name));
  if (kind == "avg_pool")
    return Value(v1::nn::avg_pool(in.at(0), integers("ksize"), integers("strides"), attrs.at("padding"), name));
  if (kind == "reshape") return Value(v1::reshape(in.at(0), shape(attrs.at("shape"), env), name));
  if (kind == "transpose")
    return Value(v1::transpose(in.at(0), attrs.value("perm", std::vector<std::int64_t>()), name));
  if (kind == "concat") return Value(v1::concat(in, attrs.at("axis"), name));
  if (kind == "stack") return Value(v1::stack(in, attrs.value("axis", std::int64_t{0}), name));
  if (kind == "split") {
    const v1::Tensors parts = v1::split(in.at(0), attrs.at("num"), attrs.value("axis", std::int64_t{0}), name);
    return Value(List(parts.begin(), parts.end()));
  }
  if (kind == "expand_dims") return Value(v1::expand_dims(in.at(0), attrs.at("axis"), name));
  if (kind == "squeeze")
    return Value(
        v1::squeeze(in.at(0), attrs.contains("axis") ? numbers(attrs.at("axis")) : std::vector<std::int64_t>(), name));
  if (kind == "cast") return Value(v1::cast(in.at(0), cornu::dtype_of(attrs.at("dtype").get<std::string>()), name));
  if (kind == "zeros" || kind == "ones") {
    const DType type = cornu::dtype_of(attrs.value("dtype", std::string("float32")));
    return Value((kind == "zeros" ? v1::zeros : v1::ones)(shape(attrs.at("shape"), env), type, name));
  }
  if (kind == "where") return Value(v1::where(in.at(0), in.at(1), in.at(2), name));
  if (kind == "one_hot") return Value(v1::one_hot(in.at(0), attrs.at("depth"), name));
  if (kind == "random_normal")
    return Value(v1::random_normal(shape(attrs.at("shape"), env), 0.0, 1.0, cornu::float32, seed, name));
  if (kind == "random_uniform")
    return Value(v1::random_uniform(shape(attrs.at("shape"), env), 0.0, 1.0, cornu::float32, seed, name));
  throw UnknownStatement("unknown op \"" + kind + "\"");
}

const std::map<std::string, Interpreter::Handler>& Interpreter::handlers() {
  using I = Interpreter;
  static const std::map<std::string, Handler> table{
      {"graph", &I::do_graph},
      {"with_graph", &I::do_with_graph},
      {"get_default_graph", &I::do_get_default_graph},
      {"reset_default_graph", &I::do_reset_default_graph},
      {"finalize", &I::do_finalize},
      {"set_random_seed", &I::do_set_random_seed},
      {"variable_scope", &I::do_variable_scope},
      {"name_scope", &I::do_name_scope},
      {"control_dependencies", &I::do_control_dependencies},
      {"get_variable_scope", &I::do_get_variable_scope},
      {"reuse_variables", &I::do_reuse_variables},
      {"scope_set", &I::do_scope_set},
      {"get_variable", &I::do_get_variable},
      {"get_local_variable", &I::do_get_local_variable},
      {"variable", &I::do_variable},
      {"assign", &I::do_assign},
      {"assign_add", &I::do_assign_add},
      {"assign_sub", &I::do_assign_sub},
      {"load", &I::do_load},
      {"global_variables_initializer", &I::do_global_variables_initializer},
      {"local_variables_initializer", &I::do_local_variables_initializer},
      {"variables_initializer", &I::do_variables_initializer},
      {"report_uninitialized_variables", &I::do_report_uninitialized_variables},
      {"is_variable_initialized", &I::do_is_variable_initialized},
      {"placeholder", &I::do_placeholder},
      {"placeholder_with_default", &I::do_placeholder_with_default},
      {"constant", &I::do_constant},
      {"op", &I::do_op},
      {"gradients", &I::do_gradients},
      {"no_op", &I::do_no_op},
      {"group", &I::do_group},
      {"cond", &I::do_cond},
      {"get_tensor_by_name", &I::do_get_tensor_by_name},
      {"get_operation_by_name", &I::do_get_operation_by_name},
      {"get", &I::do_get},
      {"add_to_collection", &I::do_add_to_collection},
      {"get_collection", &I::do_get_collection},
      {"minimize", &I::do_minimize},
      {"compute_gradients", &I::do_compute_gradients},
      {"apply_gradients", &I::do_apply_gradients},
      {"create_global_step", &I::do_create_global_step},
      {"layers.dense", &I::do_layers_dense},
      {"layers.conv2d", &I::do_layers_conv2d},
      {"layers.max_pooling2d", &I::do_layers_max_pooling2d},
      {"layers.flatten", &I::do_layers_flatten},
      {"layers.dropout", &I::do_layers_dropout},
      {"layers.batch_normalization", &I::do_layers_batch_normalization},
      {"layers.Dense", &I::do_layers_Dense},
      {"keras_layer", &I::do_keras_layer},
      {"apply", &I::do_apply},
      {"tracked_layer", &I::do_tracked_layer},
      {"get_or_create_layer", &I::do_get_or_create_layer},
      {"set_weight", &I::do_set_weight},
      {"def", &I::do_def},
      {"call", &I::do_call},
      {"if", &I::do_if},
      {"repeat", &I::do_repeat},
      {"make_template", &I::do_make_template},
      {"call_template", &I::do_call_template},
      {"session", &I::do_session},
      {"open_session", &I::do_open_session},
      {"close_session", &I::do_close_session},
      {"run", &I::do_run},
      {"eval", &I::do_eval},
      {"run_op", &I::do_run_op},
      {"file_writer", &I::do_file_writer},
      {"add_graph", &I::do_add_graph},
      {"writer_flush", &I::do_writer_flush},
      {"writer_close", &I::do_writer_close},
      {"expect_name", &I::do_expect_name},
      {"expect_names", &I::do_expect_names},
      {"expect_shape", &I::do_expect_shape},
      {"expect_dtype", &I::do_expect_dtype},
      {"expect_op_type", &I::do_expect_op_type},
      {"expect_op_inputs", &I::do_expect_op_inputs},
      {"expect_trainable", &I::do_expect_trainable},
      {"expect_value", &I::do_expect_value},
      {"expect_value_shape", &I::do_expect_value_shape},
      {"expect_value_stats", &I::do_expect_value_stats},
      {"expect_equal", &I::do_expect_equal},
      {"expect_same_variable", &I::do_expect_same_variable},
      {"expect_same", &I::do_expect_same_variable},
      {"expect_scope", &I::do_expect_scope},
      {"expect_current", &I::do_expect_current},
      {"expect_collection", &I::do_expect_collection},
      {"expect_len", &I::do_expect_len},
      {"expect_graph_nodes", &I::do_expect_graph_nodes},
      {"expect_event_file", &I::do_expect_event_file},
      {"expect_weights", &I::do_expect_weights},
      {"expect_losses", &I::do_expect_losses},
      {"expect_error", &I::do_expect_error},
  };
  return table;
}

}  // namespace

void run_trace(const Json& trace, const std::string& folder) {
  v1::reset_default_graph();
  std::optional<v1::ImmediateScope> values;
  if (trace.at("mode") == "shim") values.emplace();
  const auto outermost = std::make_shared<Environment>();
  // A function of the trace knows the environment that it is bound in: neither would go by itself.
  struct Clear {
    Environment& environment;
    ~Clear() { environment.bindings.clear(); }
  } clear{*outermost};
  Interpreter(folder, trace.at("mode") == "shim").run(trace.at("program"), outermost);
}

}  // namespace trace
