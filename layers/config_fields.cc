#include "layers/config_fields.h"

#include <string>

#include "framework/error.h"
#include "framework/shape.h"

namespace cornu {

std::optional<std::int64_t> optional_int(const Config& config, std::string_view key) {
  const Config& field = config.get(key);
  if (field.is_null()) return {};
  return field.as_int();
}

std::optional<double> optional_double(const Config& config, std::string_view key) {
  const Config& field = config.get(key);
  if (field.is_null()) return {};
  return field.as_double();
}

Config config_of(const std::optional<std::int64_t>& value) { return value ? Config(*value) : Config(); }
Config config_of(const std::optional<double>& value) { return value ? Config(*value) : Config(); }

Config shape_config(const std::vector<std::int64_t>& dims) {
  Config list = Config::list();
  for (const std::int64_t dim : dims) list.push_back(dim == kUnknown ? Config() : Config(dim));
  return list;
}

std::vector<std::int64_t> shape_from_config(const Config& config) {
  std::vector<std::int64_t> dims;
  for (const Config& dim : config.as_list()) dims.push_back(dim.is_null() ? kUnknown : dim.as_int());
  return dims;
}

void refuse_quantization(const Config& config, const char* class_name) {
  if (config.get("quantization_config").is_null()) return;
  const std::string name = config.get_string("name", "?");
  throw Unsupported(
      std::string(class_name) + " '" + name +
          "': its weights are quantized, which cornu does not compute with. Save the model in Keras before "
          "quantize() is called on it.",
      name);
}

}  // namespace cornu
