#include "framework/attributes.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace cornu {
namespace {

struct Printer {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const {
    char text[40];
    std::snprintf(text, sizeof text, "%.17g", value);
    return text;
  }
  std::string operator()(const std::string& value) const { return "\"" + value + "\""; }
  std::string operator()(const std::vector<std::int64_t>& values) const {
    std::string text = "[";
    for (std::size_t i = 0; i < values.size(); ++i) text += (i > 0 ? "," : "") + std::to_string(values[i]);
    return text + "]";
  }
  std::string operator()(DType value) const { return name_of(value); }
  template <typename T> std::string operator()(const std::shared_ptr<const T>& value) const {
    char text[24];
    std::snprintf(text, sizeof text, "%p", static_cast<const void*>(value.get()));
    return text;
  }
};

}  // namespace

Attributes::Attributes(std::initializer_list<std::pair<std::string, Attribute>> items) {
  items_.reserve(items.size());
  for (const auto& [name, value] : items) set(name, value);
}

void Attributes::set(std::string_view name, Attribute value) {
  const auto it = std::lower_bound(items_.begin(), items_.end(), name,
                                   [](const auto& item, std::string_view key) { return item.first < key; });
  if (it != items_.end() && it->first == name) {
    it->second = std::move(value);
  } else {
    items_.emplace(it, std::string(name), std::move(value));
  }
}

const Attribute* Attributes::find(std::string_view name) const {
  const auto it = std::find_if(items_.begin(), items_.end(), [&](const auto& item) { return item.first == name; });
  return it == items_.end() ? nullptr : &it->second;
}

void Attributes::throw_missing(std::string_view name) {
  throw std::logic_error("attribute \"" + std::string(name) + "\" was not set, or is of another type");
}

std::string Attributes::to_string() const {
  std::string text;
  for (const auto& [name, attribute] : items_) {
    if (!text.empty()) text += " ";
    text += name + "=" + std::visit(Printer{}, attribute.value());
  }
  return text;
}

}  // namespace cornu
