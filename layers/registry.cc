#include "layers/registry.h"

#include <cxxabi.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <typeindex>

#include "framework/error.h"

namespace cornu {
namespace {

std::map<std::string, LayerFactory>& factories() {
  static std::map<std::string, LayerFactory> table;
  return table;
}

struct OwnClass {
  std::string package;
  std::string class_name;
};

std::map<std::type_index, OwnClass>& own_classes() {
  static std::map<std::type_index, OwnClass> table;
  return table;
}

// "my::EncoderLayer" and "cornu::SharedBody<my::EncoderLayer>" give "Encoder".
std::string class_name_of(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> text(abi::__cxa_demangle(type.name(), nullptr, nullptr, &status),
                                                    std::free);
  std::string name = status == 0 ? text.get() : type.name();
  const std::string wrapper = "SharedBody<";
  if (const auto start = name.find(wrapper); start != std::string::npos) {
    name = name.substr(start + wrapper.size(), name.rfind('>') - start - wrapper.size());
  }
  if (const auto colon = name.rfind(':'); colon != std::string::npos) name = name.substr(colon + 1);
  const std::string suffix = "Layer";
  if (name.size() > suffix.size() && name.ends_with(suffix)) name.resize(name.size() - suffix.size());
  return name;
}

// The class of one's own this layer is of, if it was registered; found by name because bodies are wrapped.
const OwnClass* own_class_of(const Layer& layer) {
  for (const auto& [type, own] : own_classes()) {
    if (own.class_name == layer.class_name()) return &own;
  }
  return nullptr;
}

}  // namespace

std::string Layer::class_name() const { return class_name_of(typeid(*this)); }

Config Layer::registered_name() const {
  const OwnClass* own = own_class_of(*this);
  return own ? Config(own->package + ">" + own->class_name) : Config();
}

bool register_layer(const std::string& class_name, LayerFactory factory) {
  factories()[class_name] = std::move(factory);
  return true;
}

namespace internal {

bool register_own_layer(const std::string& package, const std::type_info& body, LayerFactory factory) {
  const std::string name = class_name_of(body);
  own_classes()[std::type_index(body)] = {package, name};
  factories()[package + ">" + name] = std::move(factory);
  return true;
}

}  // namespace internal

AnyLayer layer_from_config(const Config& serialized) {
  const std::string class_name = serialized.at("class_name").as_string();
  const Config& registered = serialized.get("registered_name");
  const bool own = registered.is_string() && registered.as_string() != class_name;
  const std::string key = own ? registered.as_string() : class_name;
  const auto it = factories().find(key);
  if (it != factories().end()) return it->second(serialized.get("config"));
  const Config& layer_name = serialized.get("config").get("name");
  const std::string who = layer_name.is_string() ? layer_name.as_string() : std::string("?");
  if (class_name == "Lambda") {
    throw FormatError("layer '" + who +
                          "' is a Lambda: Python code, which cornu never runs from a file. Build the model in C++ "
                          "with layers::Lambda and a C++ function, then load the weights.",
                      who);
  }
  std::string known;
  for (const auto& [name, factory] : factories()) known += (known.empty() ? "" : ", ") + name;
  throw FormatError("layer '" + who + "': no class \"" + key +
                        "\" is registered. Write the class in C++ and add, before loading, the line "
                        "register_layer<" +
                        class_name + "Layer>(\"" + (own ? key.substr(0, key.find('>')) : std::string("my_package")) +
                        "\"); registered are: " + known,
                    who);
}

Config serialize_layer(const Layer& layer) {
  const Config registered = layer.registered_name();
  Config build_config;
  if (layer.built() && !layer.build_shapes().empty()) {
    Config shape = Config::list();
    for (std::int64_t dim : layer.build_shapes()[0]) shape.push_back(dim == kUnknown ? Config() : Config(dim));
    build_config = Config::dict({{"input_shape", shape}});
  }
  return Config::dict({{"module", registered.is_null() ? Config("keras.layers") : Config("cornu")},
                       {"class_name", layer.class_name()},
                       {"config", layer.config()},
                       {"registered_name", registered},
                       {"build_config", build_config}});
}

}  // namespace cornu
