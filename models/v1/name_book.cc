#include "models/v1/name_book.h"

#include <algorithm>
#include <cctype>

#include "models/v1/errors.h"

namespace cornu::v1 {
namespace {

std::string in_lower_case(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name;
}

bool may_begin(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '.'; }
bool may_follow(char c) { return may_begin(c) || c == '_' || c == '\\' || c == '-' || c == '/' || c == '>'; }

}  // namespace

std::string NameBook::take_unique(const std::string& name) {
  const std::string key = in_lower_case(name);
  int& next = next_suffix_[key];
  int suffix = next++;
  if (suffix == 0) return name;
  const auto with_suffix = [&](const std::string& text) { return text + "_" + std::to_string(suffix); };
  while (next_suffix_.contains(with_suffix(key))) ++suffix;
  next_suffix_[with_suffix(key)] = 1;
  return with_suffix(name);
}

void check_name(const std::string& name, bool at_root, const char* what) {
  const bool valid =
      !name.empty() && std::all_of(name.begin(), name.end(), may_follow) && (at_root ? may_begin(name[0]) : true);
  if (valid) return;
  throw errors::ValueError(
      "\"" + name + "\" is not a valid " + what + " name: expected a letter, a digit or \".\" first" +
      (at_root ? "" : " (within a scope \"_\" or \"-\" as well)") + ", then letters, digits and any of _ . \\ - / >");
}

std::string last_component(const std::string& name) {
  const std::size_t slash = name.rfind('/');
  return slash == std::string::npos ? name : name.substr(slash + 1);
}

}  // namespace cornu::v1
