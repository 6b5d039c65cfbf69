#include "layers/regularizers/regularizer.h"

#include <map>

#include "framework/error.h"
#include "framework/snake_case.h"

namespace cornu {
namespace {

std::map<std::string, RegularizerFactory>& factories() {
  static std::map<std::string, RegularizerFactory> table;
  return table;
}

Regularizer make(const std::string& name, const Config& config) {
  const std::string wanted = name == "l1_l2" ? "L1L2" : name;
  std::string known;
  for (const auto& [class_name, factory] : factories()) {
    if (wanted == class_name || wanted == snake_case(class_name)) return factory(config);
    known += (known.empty() ? "\"" : ", \"") + snake_case(class_name) + "\"";
  }
  throw InvalidArgument("regularizer: expected one of " + known + "; got \"" + name +
                        "\". A class of one's own is made known with register_regularizer");
}

}  // namespace

Regularizer::Regularizer(const std::string& name) : Regularizer(make(name, Config::dict())) {}

Regularizer Regularizer::from_config(const Config& config) {
  if (config.is_null()) return {};
  if (config.is_string()) return Regularizer(config.as_string());
  const Config& registered = config.get("registered_name");
  if (registered.is_string() && factories().contains(registered.as_string())) {
    return make(registered.as_string(), config.get("config"));
  }
  return make(config.at("class_name").as_string(), config.get("config"));
}

Config Regularizer::serialized() const {
  if (!body_) return {};
  return Config::dict({{"module", "keras.regularizers"},
                       {"class_name", body_->class_name()},
                       {"config", body_->config()},
                       {"registered_name", nullptr}});
}

bool register_regularizer(const std::string& class_name, RegularizerFactory factory) {
  factories()[class_name] = factory;
  return true;
}

}  // namespace cornu
