#pragma once

#include <string>
#include <unordered_map>

namespace cornu::v1 {

/// The names taken in one graph, by operations and scopes together, whatever their case.
class NameBook {
 public:
  /// The name itself where it is free, else with the first free suffix `_1`, `_2`, ...; takes what it returns.
  std::string take_unique(const std::string& name);

 private:
  std::unordered_map<std::string, int> next_suffix_;  // by the name in lower case
};

/// **Throws** ValueError unless the name may stand at the root (`at_root`) or within a scope. `what` says of what.
void check_name(const std::string& name, bool at_root, const char* what);

/// The part of a name behind its last slash.
std::string last_component(const std::string& name);

}  // namespace cornu::v1
