#include "framework/snake_case.h"

#include <cctype>

namespace cornu {
namespace {

bool is_upper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }
bool is_lower(char c) { return std::islower(static_cast<unsigned char>(c)) != 0; }

}  // namespace

std::string snake_case(std::string_view name) {
  // Keras' two substitutions, in its order: (.)([A-Z][a-z]+) then ([a-z])([A-Z]).
  std::string words;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool starts_word = is_upper(name[i]) && i + 1 < name.size() && is_lower(name[i + 1]);
    if (starts_word && i > 0) words += '_';
    words += name[i];
  }
  std::string result;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0 && is_lower(words[i - 1]) && is_upper(words[i])) result += '_';
    result += static_cast<char>(std::tolower(static_cast<unsigned char>(words[i])));
  }
  return result;
}

}  // namespace cornu
