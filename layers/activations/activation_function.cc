#include "layers/activations/activation_function.h"

#include <map>

#include "framework/error.h"
#include "layers/registry.h"

namespace cornu {
namespace {

std::map<std::string, ActivationFunction::Function>& functions() {
  static std::map<std::string, ActivationFunction::Function> table;
  return table;
}

const ActivationFunction::Function& function_named(const std::string& name) {
  const auto it = functions().find(name);
  if (it != functions().end()) return it->second;
  std::string known;
  for (const auto& [other, function] : functions()) known += (known.empty() ? "\"" : ", \"") + other + "\"";
  throw InvalidArgument("activation: expected one of " + known + "; got \"" + name +
                        "\". A function of one's own is made known with register_activation");
}

}  // namespace

ActivationFunction::ActivationFunction(const std::string& name)
    : name_(name), function_(function_named(name)), config_(name) {}

ActivationFunction::ActivationFunction(std::string name, Function function)
    : name_(std::move(name)), function_(std::move(function)), config_(name_) {}

ActivationFunction ActivationFunction::from_config(const Config& config) {
  if (config.is_null()) return {};
  if (config.is_string()) return ActivationFunction(config.as_string());
  const std::string class_name = config.at("class_name").as_string();
  if (class_name == "function") {
    // Of "package>name" the name is what register_activation was given.
    const std::string name = config.at("config").as_string();
    return ActivationFunction(name.substr(name.find('>') + 1));
  }
  const AnyLayer layer = layer_from_config(config);
  ActivationFunction activation(class_name, [layer](const Tensor& x) { return layer(x).single(); });
  activation.config_ = config;
  return activation;
}

bool register_activation(const std::string& name, ActivationFunction::Function function) {
  functions()[name] = std::move(function);
  return true;
}

}  // namespace cornu
