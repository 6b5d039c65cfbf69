#include "models/operation_layer.h"

#include "framework/error.h"
#include "framework/ops/cast.h"

namespace cornu {
namespace {

std::map<std::string, KerasOperation>& operations() {
  static std::map<std::string, KerasOperation> table;
  return table;
}

const KerasOperation* operation_of(const std::string& class_name, const std::string& name) {
  const auto it = operations().find(class_name);
  if (it != operations().end()) return &it->second;
  throw Unsupported("operation '" + name + "' of the model is a \"" + class_name + "\", which cornu does not have. Build that part of the "
                    "model in C++, or report the operation.",
                    name, class_name);
}

void gather(const OperationValue& value, Tensors& tensors) {
  if (value.tensor.defined()) tensors.push_back(value.tensor);
  for (const OperationValue& item : value.items) gather(item, tensors);
}

// The same arguments with the tensors of a call in the places of the symbols.
OperationValue filled(const OperationValue& pattern, const Tensors& tensors, std::size_t& next) {
  OperationValue value = pattern;
  if (pattern.tensor.defined()) value.tensor = tensors.at(next++);
  for (std::size_t i = 0; i < pattern.items.size(); ++i) value.items[i] = filled(pattern.items[i], tensors, next);
  return value;
}

// Plain data as a tensor: a number is weak, as in Python; a nested list becomes an array.
Tensor tensor_from(const Config& data, const std::string& operation) {
  if (data.is_bool()) return Tensor(data.as_bool());
  if (data.is_integer()) return Tensor(data.as_int());
  if (data.is_number()) return Tensor(data.as_double());
  if (data.is_dict() && data.get("class_name").is_string()) {
    // "__tensor__" and "__numpy__": a constant of the graph.
    const Config& inner = data.at("config");
    return ops::cast(tensor_from(inner.at("value"), operation), dtype_of(inner.get_string("dtype", "float32")));
  }
  Shape shape;
  std::vector<double> values;
  bool integers = true;
  const auto walk = [&](auto&& self, const Config& item, std::int64_t depth) -> void {
    if (!item.is_list()) {
      values.push_back(item.is_bool() ? static_cast<double>(item.as_bool()) : item.as_double());
      integers = integers && item.is_integer();
      return;
    }
    const auto size = static_cast<std::int64_t>(item.size());
    if (shape.rank() == depth) shape.push_back(size);
    if (shape[depth] != size) throw FormatError("operation " + operation + ": a constant is a list of lists of different lengths");
    for (const Config& inner : item.as_list()) self(self, inner, depth + 1);
  };
  if (!data.is_list()) throw FormatError("operation " + operation + ": expected a tensor or a number; got a " + data.kind());
  walk(walk, data, 0);
  return ops::cast(Tensor::copy(values, shape), integers ? DType::kInt32 : DType::kFloat32);
}

}  // namespace

const OperationValue* OperationArguments::value(std::size_t position, const std::string& name) const {
  if (position < args_.size()) return &args_[position];
  const auto it = kwargs_.find(name);
  return it == kwargs_.end() ? nullptr : &it->second;
}

bool OperationArguments::has(std::size_t position, const std::string& name) const {
  const OperationValue* found = value(position, name);
  return (found && (found->is_list || found->tensor.defined() || !found->data.is_null())) || !config_.get(name).is_null();
}

Tensor OperationArguments::tensor(std::size_t position, const std::string& name) const {
  if (const OperationValue* found = value(position, name)) {
    return found->tensor.defined() ? found->tensor : tensor_from(found->data, operation_);
  }
  if (!config_.get(name).is_null()) return tensor_from(config_.get(name), operation_);
  throw FormatError("operation " + operation_ + ": expected a tensor as argument \"" + name + "\"; there is none");
}

Tensors OperationArguments::tensors(std::size_t position, const std::string& name) const {
  const OperationValue* found = value(position, name);
  if (!found) throw FormatError("operation " + operation_ + ": expected tensors as argument \"" + name + "\"; there are none");
  if (!found->is_list) return {tensor(position, name)};
  Tensors result;
  for (const OperationValue& item : found->items) {
    result.push_back(item.tensor.defined() ? item.tensor : tensor_from(item.data, operation_));
  }
  return result;
}

Config OperationArguments::data(std::size_t position, const std::string& name) const {
  if (const OperationValue* found = value(position, name)) return found->data;
  return config_.get(name);
}

bool register_keras_operation(const std::string& class_name, KerasOperation operation) {
  operations()[class_name] = std::move(operation);
  return true;
}

Tensors tensors_in(const std::vector<OperationValue>& args, const std::map<std::string, OperationValue>& kwargs) {
  Tensors tensors;
  for (const OperationValue& value : args) gather(value, tensors);
  for (const auto& [name, value] : kwargs) gather(value, tensors);
  return tensors;
}

OperationLayer::OperationLayer(const std::string& class_name, const std::string& name, const Config& config,
                               std::vector<OperationValue> args, std::map<std::string, OperationValue> kwargs)
    : Layer(name), class_name_(class_name), config_(config), args_(std::move(args)), kwargs_(std::move(kwargs)), operation_(operation_of(class_name, name)) {
  set_autocast(false);
}

Outputs OperationLayer::call(const Inputs& inputs, const CallContext&) {
  std::size_t next = 0;
  std::vector<OperationValue> args;
  for (const OperationValue& pattern : args_) args.push_back(filled(pattern, inputs.tensors(), next));
  std::map<std::string, OperationValue> kwargs;
  for (const auto& [name, pattern] : kwargs_) kwargs[name] = filled(pattern, inputs.tensors(), next);
  return (*operation_)(OperationArguments(class_name_, std::move(args), std::move(kwargs), config_));
}

}  // namespace cornu
