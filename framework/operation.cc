#include "framework/operation.h"

#include <map>
#include <stdexcept>

namespace cornu {
namespace {

std::map<std::string, Operation, std::less<>>& operation_table() {
  static std::map<std::string, Operation, std::less<>> table;
  return table;
}

}  // namespace

const Operation& register_operation(Operation operation) {
  std::string name = operation.name;
  const auto [it, inserted] = operation_table().emplace(std::move(name), std::move(operation));
  if (!inserted) throw std::logic_error("operation '" + it->first + "' is registered twice");
  return it->second;
}

const Operation& operation_named(std::string_view name) {
  const auto it = operation_table().find(name);
  if (it == operation_table().end()) throw std::logic_error("no operation '" + std::string(name) + "'");
  return it->second;
}

}  // namespace cornu
