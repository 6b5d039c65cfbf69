#include "models/unique_names.h"

namespace cornu {

std::string UniqueNames::take_or_number(std::string name, const std::string& base) {
  if (take(name)) return name;
  int& number = next_number_.try_emplace(base, 1).first->second;
  do {
    name = base + "_" + std::to_string(number++);
  } while (!take(name));
  return name;
}

}  // namespace cornu
