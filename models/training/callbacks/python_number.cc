#include "models/training/callbacks/python_number.h"

#include <array>
#include <charconv>
#include <cmath>

namespace cornu::callbacks {

std::string python_number(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0.0 ? "inf" : "-inf";
  const double size = std::abs(value);
  const bool is_fixed = value == 0.0 || (size >= 1e-4 && size < 1e16);
  std::array<char, 64> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                          is_fixed ? std::chars_format::fixed : std::chars_format::scientific);
  std::string text(buffer.data(), end);
  if (is_fixed && text.find('.') == std::string::npos) text += ".0";
  return text;
}

}  // namespace cornu::callbacks
