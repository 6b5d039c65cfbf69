#include "models/keras_operation_settings.h"

#include "framework/ops/cast.h"

namespace cornu {

Axes axes_from(const Config& config) { return config.is_null() ? Axes() : Axes(integers_from(config)); }

std::vector<std::int64_t> integers_from(const Config& config) {
  if (config.is_null()) return {};
  if (config.is_list()) return config.as_ints();
  return {config.as_int()};
}

std::optional<std::int64_t> integer_from(const Config& config) {
  return config.is_null() ? std::nullopt : std::optional(config.as_int());
}

std::optional<DType> dtype_from(const Config& config) {
  return config.is_null() ? std::nullopt : std::optional(dtype_of(config.as_string()));
}

ReduceOptions reduce_options_from(const Config& config) {
  return {.axis = axes_from(config.get("axis")), .keepdims = config.get_bool("keepdims", false)};
}

Tensor as_configured_dtype(const Tensor& x, const Config& config) {
  const std::optional<DType> dtype = dtype_from(config.get("dtype"));
  return dtype ? ops::cast(x, *dtype) : x;
}

bool register_unary(const std::string& class_name, UnaryFunction function) {
  return register_keras_operation(class_name,
                                  [function](const OperationArguments& a) { return function(a.tensor(0, "x")); });
}

bool register_binary(const std::string& class_name, BinaryFunction function, const std::string& first,
                     const std::string& second) {
  return register_keras_operation(
      class_name, [=](const OperationArguments& a) { return function(a.tensor(0, first), a.tensor(1, second)); });
}

}  // namespace cornu
