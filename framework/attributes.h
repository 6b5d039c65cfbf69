#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "framework/dtype.h"

namespace cornu {

class Subgraph;
struct ElementwiseProgram;

/// One setting of an operation, such as the axis of a sum.
class Attribute {
 public:
  Attribute(bool value) : value_(value) {}
  Attribute(int value) : value_(static_cast<std::int64_t>(value)) {}
  Attribute(std::int64_t value) : value_(value) {}
  Attribute(double value) : value_(value) {}
  Attribute(const char* value) : value_(std::string(value)) {}
  Attribute(std::string value) : value_(std::move(value)) {}
  Attribute(std::vector<std::int64_t> value) : value_(std::move(value)) {}
  Attribute(DType value) : value_(value) {}
  Attribute(std::shared_ptr<const Subgraph> value) : value_(std::move(value)) {}
  Attribute(std::shared_ptr<const ElementwiseProgram> value) : value_(std::move(value)) {}

  using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>, DType,
                             std::shared_ptr<const Subgraph>, std::shared_ptr<const ElementwiseProgram>>;
  const Value& value() const { return value_; }
  bool operator==(const Attribute&) const = default;

 private:
  Value value_;
};

/// The settings of one node, by name; kept sorted, so that equal settings compare equal.
class Attributes {
 public:
  Attributes() = default;
  Attributes(std::initializer_list<std::pair<std::string, Attribute>> items);

  void set(std::string_view name, Attribute value);
  bool contains(std::string_view name) const { return find(name) != nullptr; }

  /// The value of that type. **Throws** std::logic_error where there is none: an operation's rules and kernels
  /// ask only for what its own function has set.
  bool flag(std::string_view name) const { return get<bool>(name); }
  std::int64_t integer(std::string_view name) const { return get<std::int64_t>(name); }
  double number(std::string_view name) const { return get<double>(name); }
  const std::string& string(std::string_view name) const { return get<std::string>(name); }
  const std::vector<std::int64_t>& integers(std::string_view name) const {
    return get<std::vector<std::int64_t>>(name);
  }
  DType dtype(std::string_view name) const { return get<DType>(name); }
  const Subgraph& subgraph(std::string_view name) const { return *get<std::shared_ptr<const Subgraph>>(name); }
  const ElementwiseProgram& elementwise(std::string_view name) const {
    return *get<std::shared_ptr<const ElementwiseProgram>>(name);
  }

  const std::vector<std::pair<std::string, Attribute>>& items() const { return items_; }

  /// Text that differs where the settings differ; the key of caches, and readable in dumps.
  std::string to_string() const;

  bool operator==(const Attributes&) const = default;

 private:
  const Attribute* find(std::string_view name) const;
  [[noreturn]] static void throw_missing(std::string_view name);
  template <typename T> const T& get(std::string_view name) const {
    const Attribute* attribute = find(name);
    const T* value = attribute ? std::get_if<T>(&attribute->value()) : nullptr;
    if (!value) throw_missing(name);
    return *value;
  }

  std::vector<std::pair<std::string, Attribute>> items_;
};

}  // namespace cornu
