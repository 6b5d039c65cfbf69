#include "layers/constraints/constraint.h"

#include <map>

#include "framework/error.h"
#include "framework/snake_case.h"

namespace cornu {
namespace {

std::map<std::string, ConstraintFactory>& factories() {
  static std::map<std::string, ConstraintFactory> table;
  return table;
}

Constraint make(const std::string& name, const Config& config) {
  std::string known;
  for (const auto& [class_name, factory] : factories()) {
    if (name == class_name || name == snake_case(class_name)) return factory(config);
    known += (known.empty() ? "\"" : ", \"") + snake_case(class_name) + "\"";
  }
  throw InvalidArgument("constraint: expected one of " + known + "; got \"" + name +
                        "\". A class of one's own is made known with register_constraint");
}

}  // namespace

Constraint::Constraint(const std::string& name) : Constraint(make(name, Config::dict())) {}

Constraint Constraint::from_config(const Config& config) {
  if (config.is_null()) return {};
  if (config.is_string()) return Constraint(config.as_string());
  const Config& registered = config.get("registered_name");
  if (registered.is_string() && factories().contains(registered.as_string())) {
    return make(registered.as_string(), config.get("config"));
  }
  return make(config.at("class_name").as_string(), config.get("config"));
}

Config Constraint::serialized() const {
  if (!body_) return {};
  return Config::dict({{"module", "keras.constraints"},
                       {"class_name", body_->class_name()},
                       {"config", body_->config()},
                       {"registered_name", nullptr}});
}

bool register_constraint(const std::string& class_name, ConstraintFactory factory) {
  factories()[class_name] = factory;
  return true;
}

}  // namespace cornu
