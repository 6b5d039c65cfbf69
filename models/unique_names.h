#pragma once

#include <map>
#include <set>
#include <string>

namespace cornu {

/// Names of which each is given once: "dense", "dense_1", "dense_2". Finding the next one does not look through those
/// before it.
class UniqueNames {
 public:
  /// False if the name is taken already.
  bool take(const std::string& name) { return taken_.insert(name).second; }

  /// Takes `name`, or where that is taken the first of `base_1`, `base_2`, ... that is free, and returns it.
  std::string take_or_number(std::string name, const std::string& base);

 private:
  std::set<std::string> taken_;
  std::map<std::string, int> next_number_;  // by base; all lower ones are taken
};

}  // namespace cornu
