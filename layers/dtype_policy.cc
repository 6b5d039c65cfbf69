#include "layers/dtype_policy.h"

#include "framework/error.h"

namespace cornu {

DTypePolicy::DTypePolicy(const std::string& name) : name_(name) {
  const std::string mixed = "mixed_";
  if (name.starts_with(mixed)) {
    compute_dtype_ = dtype_of(name.substr(mixed.size()));
    variable_dtype_ = DType::kFloat32;
  } else {
    compute_dtype_ = dtype_of(name);
    variable_dtype_ = compute_dtype_;
  }
}

DTypePolicy DTypePolicy::from_config(const Config& config) {
  if (config.is_null()) return {};
  if (config.is_string()) return DTypePolicy(config.as_string());
  return DTypePolicy(config.at("config").at("name").as_string());
}

Config DTypePolicy::serialized() const {
  return Config::dict({{"module", "keras"},
                       {"class_name", "DTypePolicy"},
                       {"config", Config::dict({{"name", name_}})},
                       {"registered_name", nullptr}});
}

}  // namespace cornu
