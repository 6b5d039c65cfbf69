#pragma once

#include <functional>
#include <string>

#include "framework/config.h"
#include "layers/shared.h"

namespace cornu {

/// Makes a layer of a class from its configuration.
using LayerFactory = std::function<AnyLayer(const Config& config)>;

/// Makes a class of layers known to files, by Keras' class name. Returns true, so that it can initialise a constant.
bool register_layer(const std::string& class_name, LayerFactory factory);

/// Makes a class of one's own known under "package>Name". `Body` offers `static Shared<Body> from_config(const
/// Config&)`, or has a constructor without arguments.
template <typename Body> bool register_layer(const std::string& package);

/// The layer a serialized object describes: its class by the table, nothing else from the file is run.
/// **Throws** FormatError naming the class wanted, those registered, and the line to add.
AnyLayer layer_from_config(const Config& serialized);

/// Serializes a layer as Keras does: module, class_name, config, registered_name, build_config.
Config serialize_layer(const Layer& layer);

namespace internal {
bool register_own_layer(const std::string& package, const std::type_info& body, LayerFactory factory);
}

template <typename Body> bool register_layer(const std::string& package) {
  return internal::register_own_layer(package, typeid(Body), [](const Config& config) -> AnyLayer {
    if constexpr (requires { Body::from_config(config); }) {
      return Body::from_config(config);
    } else {
      return Shared<Body>();
    }
  });
}

}  // namespace cornu
