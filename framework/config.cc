#include "framework/config.h"

#include <algorithm>

#include "framework/error.h"

namespace cornu {
namespace {

[[noreturn]] void throw_kind(const char* expected, const Config& got) {
  throw FormatError(std::string("configuration: expected ") + expected + "; got " + got.kind());
}

template <typename T> Config::List listed(const std::vector<T>& values) {
  return Config::List(values.begin(), values.end());
}

}  // namespace

Config::Config(const std::vector<std::int64_t>& values) : value_(listed(values)) {}
Config::Config(const std::vector<std::string>& values) : value_(listed(values)) {}
Config::Config(const std::vector<double>& values) : value_(listed(values)) {}

Config::Config(const Config& other) = default;
Config::Config(Config&& other) noexcept = default;
Config& Config::operator=(const Config& other) = default;
Config& Config::operator=(Config&& other) noexcept = default;
Config::~Config() = default;
// Spelled out, because clang 14 crashes on a defaulted one here.
bool Config::operator==(const Config& other) const { return value_ == other.value_; }

Config Config::list(List items) {
  Config config;
  config.value_ = std::move(items);
  return config;
}

Config Config::dict(std::initializer_list<Item> items) {
  Config config;
  config.value_ = Dict(items);
  return config;
}

bool Config::as_bool() const {
  if (const auto* value = std::get_if<bool>(&value_)) return *value;
  throw_kind("a bool", *this);
}

std::int64_t Config::as_int() const {
  if (const auto* value = std::get_if<std::int64_t>(&value_)) return *value;
  if (const auto* value = std::get_if<double>(&value_)) {
    // Keras writes some integers as 3.0.
    const auto rounded = static_cast<std::int64_t>(*value);
    if (static_cast<double>(rounded) == *value) return rounded;
  }
  throw_kind("an integer", *this);
}

double Config::as_double() const {
  if (const auto* value = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*value);
  if (const auto* value = std::get_if<double>(&value_)) return *value;
  throw_kind("a number", *this);
}

const std::string& Config::as_string() const {
  if (const auto* value = std::get_if<std::string>(&value_)) return *value;
  throw_kind("a string", *this);
}

const Config::List& Config::as_list() const {
  if (const auto* value = std::get_if<List>(&value_)) return *value;
  throw_kind("a list", *this);
}

Config::List& Config::as_list() {
  if (auto* value = std::get_if<List>(&value_)) return *value;
  throw_kind("a list", *this);
}

const Config::Dict& Config::as_dict() const {
  if (const auto* value = std::get_if<Dict>(&value_)) return *value;
  throw_kind("a dictionary", *this);
}

std::vector<std::int64_t> Config::as_ints() const {
  std::vector<std::int64_t> values;
  for (const Config& item : as_list()) values.push_back(item.as_int());
  return values;
}

std::vector<double> Config::as_doubles() const {
  std::vector<double> values;
  for (const Config& item : as_list()) values.push_back(item.as_double());
  return values;
}

std::vector<std::string> Config::as_strings() const {
  std::vector<std::string> values;
  for (const Config& item : as_list()) values.push_back(item.as_string());
  return values;
}

const Config* Config::find(std::string_view key) const {
  const auto* dict = std::get_if<Dict>(&value_);
  if (!dict) return nullptr;
  const auto it = std::find_if(dict->begin(), dict->end(), [&](const Item& item) { return item.first == key; });
  return it == dict->end() ? nullptr : &it->second;
}

const Config& Config::at(std::string_view key) const {
  if (const Config* found = find(key)) return *found;
  throw FormatError("configuration: expected an entry \"" + std::string(key) + "\" in a " + kind() + "; there is none");
}

const Config& Config::get(std::string_view key) const {
  static const Config null;
  const Config* found = find(key);
  return found ? *found : null;
}

bool Config::get_bool(std::string_view key, bool otherwise) const {
  return get(key).is_null() ? otherwise : get(key).as_bool();
}

std::int64_t Config::get_int(std::string_view key, std::int64_t otherwise) const {
  return get(key).is_null() ? otherwise : get(key).as_int();
}

double Config::get_double(std::string_view key, double otherwise) const {
  return get(key).is_null() ? otherwise : get(key).as_double();
}

std::string Config::get_string(std::string_view key, const std::string& otherwise) const {
  return get(key).is_null() ? otherwise : get(key).as_string();
}

Config& Config::set(std::string_view key, Config value) {
  if (is_null()) value_ = Dict{};
  auto* dict = std::get_if<Dict>(&value_);
  if (!dict) throw_kind("a dictionary", *this);
  const auto it = std::find_if(dict->begin(), dict->end(), [&](const Item& item) { return item.first == key; });
  if (it != dict->end()) {
    it->second = std::move(value);
  } else {
    dict->emplace_back(std::string(key), std::move(value));
  }
  return *this;
}

void Config::erase(std::string_view key) {
  if (auto* dict = std::get_if<Dict>(&value_))
    std::erase_if(*dict, [&](const Item& item) { return item.first == key; });
}

void Config::push_back(Config item) {
  if (is_null()) value_ = List{};
  as_list().push_back(std::move(item));
}

std::size_t Config::size() const {
  if (const auto* items = std::get_if<List>(&value_)) return items->size();
  return as_dict().size();
}

const char* Config::kind() const {
  static constexpr const char* kNames[] = {"null", "bool", "integer", "number", "string", "list", "dictionary"};
  return kNames[value_.index()];
}

}  // namespace cornu
