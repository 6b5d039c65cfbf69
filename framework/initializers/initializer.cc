#include "framework/initializers/initializer.h"

#include <map>
#include <random>

#include "framework/error.h"
#include "framework/snake_case.h"

namespace cornu {
namespace {

std::map<std::string, InitializerFactory>& factories() {
  static std::map<std::string, InitializerFactory> table;
  return table;
}

// Names that Keras keeps from older days.
const std::map<std::string, std::string>& aliases() {
  static const std::map<std::string, std::string> table = {{"zero", "Zeros"},
                                                           {"one", "Ones"},
                                                           {"normal", "RandomNormal"},
                                                           {"uniform", "RandomUniform"},
                                                           {"IdentityInitializer", "Identity"},
                                                           {"OrthogonalInitializer", "Orthogonal"}};
  return table;
}

Initializer make(const std::string& name, const Config& config) {
  const auto alias = aliases().find(name);
  const std::string& wanted = alias == aliases().end() ? name : alias->second;
  std::string known;
  for (const auto& [class_name, factory] : factories()) {
    if (wanted == class_name || wanted == snake_case(class_name)) return factory(config);
    known += (known.empty() ? "\"" : ", \"") + snake_case(class_name) + "\"";
  }
  throw InvalidArgument("initializer: expected one of " + known + "; got \"" + name +
                        "\". A class of one's own is made known with register_initializer");
}

thread_local std::uint64_t random_seed_state = 0;
thread_local bool random_seed_is_set = false;

}  // namespace

Initializer::Initializer(const std::string& name) : Initializer(make(name, Config::dict())) {}

Initializer Initializer::from_config(const Config& config, const Initializer& otherwise) {
  if (config.is_null()) return otherwise;
  if (config.is_string()) return Initializer(config.as_string());
  const Config& registered = config.get("registered_name");
  if (registered.is_string() && factories().contains(registered.as_string())) {
    return make(registered.as_string(), config.get("config"));
  }
  return make(config.at("class_name").as_string(), config.get("config"));
}

Config Initializer::serialized() const {
  return Config::dict({{"module", "keras.initializers"},
                       {"class_name", body_->class_name()},
                       {"config", body_->config()},
                       {"registered_name", nullptr}});
}

bool register_initializer(const std::string& class_name, InitializerFactory factory) {
  factories()[class_name] = factory;
  return true;
}

void set_random_seed(std::uint64_t seed) {
  random_seed_state = seed;
  random_seed_is_set = true;
}

// SplitMix64 (Steele, Lea and Flood, 2014): each state gives one well-mixed number.
std::uint64_t next_random_seed() {
  if (!random_seed_is_set) {
    std::random_device device;
    set_random_seed((static_cast<std::uint64_t>(device()) << 32) | device());
  }
  random_seed_state += 0x9E3779B97F4A7C15u;
  std::uint64_t mixed = random_seed_state;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  return mixed ^ (mixed >> 31);
}

}  // namespace cornu
