#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cornu {

/// The configuration of an object as plain data: what Keras' `get_config()` returns and a model file holds as JSON.
///
/// Null, bool, integer, number, string, list, or dictionary; a dictionary keeps the order in which keys were added.
class Config {
 public:
  using List = std::vector<Config>;
  using Item = std::pair<std::string, Config>;
  using Dict = std::vector<Item>;

  Config() = default;
  // Out of line: a variant of itself is too much to inline everywhere.
  Config(const Config& other);
  Config(Config&& other) noexcept;
  Config& operator=(const Config& other);
  Config& operator=(Config&& other) noexcept;
  ~Config();
  Config(std::nullptr_t) {}
  Config(bool value) : value_(value) {}
  Config(int value) : value_(static_cast<std::int64_t>(value)) {}
  Config(std::int64_t value) : value_(value) {}
  Config(double value) : value_(value) {}
  Config(const char* value) : value_(std::string(value)) {}
  Config(std::string value) : value_(std::move(value)) {}
  Config(std::string_view value) : value_(std::string(value)) {}
  Config(const std::vector<std::int64_t>& values);
  Config(const std::vector<std::string>& values);
  Config(const std::vector<double>& values);
  static Config list(List items = {});
  static Config dict(std::initializer_list<Item> items = {});

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  bool is_integer() const { return std::holds_alternative<std::int64_t>(value_); }
  bool is_number() const { return is_integer() || std::holds_alternative<double>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_list() const { return std::holds_alternative<List>(value_); }
  bool is_dict() const { return std::holds_alternative<Dict>(value_); }

  /// The value as that type. **Throws** FormatError that says what was found instead; `as_double` takes integers too.
  bool as_bool() const;
  std::int64_t as_int() const;
  double as_double() const;
  const std::string& as_string() const;
  const List& as_list() const;
  List& as_list();
  const Dict& as_dict() const;
  std::vector<std::int64_t> as_ints() const;
  std::vector<double> as_doubles() const;
  std::vector<std::string> as_strings() const;

  /// The entry of a dictionary, or null where there is none (or this is not a dictionary).
  const Config* find(std::string_view key) const;
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  /// The entry of a dictionary. **Throws** FormatError naming the key where there is none.
  const Config& at(std::string_view key) const;
  /// The entry, or a null Config where there is none.
  const Config& get(std::string_view key) const;
  /// The entry's value, or what to use where there is none or null.
  bool get_bool(std::string_view key, bool otherwise) const;
  std::int64_t get_int(std::string_view key, std::int64_t otherwise) const;
  double get_double(std::string_view key, double otherwise) const;
  std::string get_string(std::string_view key, const std::string& otherwise) const;
  /// Sets an entry, replacing an older one; turns null into a dictionary.
  Config& set(std::string_view key, Config value);
  /// Removes an entry if there is one.
  void erase(std::string_view key);

  void push_back(Config item);
  std::size_t size() const;

  /// Kind of the value for messages: "null", "bool", "integer", "number", "string", "list", "dictionary".
  const char* kind() const;

  bool operator==(const Config& other) const;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Dict> value_;
};

}  // namespace cornu
