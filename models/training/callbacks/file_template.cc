#include "models/training/callbacks/file_template.h"

#include <array>
#include <cstdio>
#include <string_view>

#include "framework/error.h"
#include "models/training/callbacks/python_number.h"

namespace cornu::callbacks {
namespace {

// Whether a format is `[0][width][.precision][type]`, short enough to be handed to printf.
bool is_plain(std::string_view format) {
  const auto skip_digits = [&] {
    std::size_t digits = 0;
    while (digits < format.size() && format[digits] >= '0' && format[digits] <= '9') ++digits;
    format.remove_prefix(digits);
    return digits;
  };
  if (skip_digits() > 2) return false;
  if (format.starts_with('.')) {
    format.remove_prefix(1);
    const std::size_t digits = skip_digits();
    if (digits == 0 || digits > 2) return false;
  }
  return format.empty() || (format.size() == 1 && std::string_view("dfeg").find(format[0]) != std::string_view::npos);
}

template <typename T> std::string printed(const std::string& format, T value) {
  std::array<char, 512> buffer;
  const int size = std::snprintf(buffer.data(), buffer.size(), format.c_str(), value);
  return {buffer.data(), static_cast<std::size_t>(size)};
}

std::string formatted(const std::string& format, std::int64_t value) {
  if (format.empty() || format.back() == 'd') {
    return printed("%" + format.substr(0, format.empty() ? 0 : format.size() - 1) + "lld",
                   static_cast<long long>(value));
  }
  const bool has_type = format.back() > '9';
  return has_type ? printed("%" + format, static_cast<double>(value))
                  : printed("%" + format + "lld", static_cast<long long>(value));
}

std::string formatted(const std::string& format, double value) {
  if (format.empty()) return python_number(value);
  return printed("%" + format + (format.back() > '9' ? "" : "g"), value);
}

}  // namespace

std::string filled_template(const std::string& pattern, std::int64_t epoch, std::optional<std::int64_t> batch,
                            const Logs& logs) {
  const auto fail = [&](const std::string& why) {
    throw InvalidArgument("ModelCheckpoint: cannot fill in filepath \"" + pattern + "\": " + why);
  };
  const auto field = [&](const std::string& name, const std::string& format) {
    if (!is_plain(format)) fail("the format \"" + format + "\" is not one of 02d, .2f, .3e and their like");
    if (name == "epoch") return formatted(format, epoch);
    if (name == "batch" && batch) return formatted(format, *batch);
    if (!logs.contains(name)) {
      std::string known = "epoch";
      for (const auto& [figure, values] : logs) known += ", " + figure;
      fail("there is no figure \"" + name + "\"; there are: " + known);
    }
    if (format.ends_with('d')) fail("\"" + name + "\" is no integer; give it a format such as .2f");
    return formatted(format, logs.at(name));
  };
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if ((c == '{' || c == '}') && i + 1 < pattern.size() && pattern[i + 1] == c) {
      text += c;
      ++i;
    } else if (c == '{') {
      const std::size_t end = pattern.find('}', i);
      if (end == std::string::npos) fail("a brace is not closed");
      const std::string inside = pattern.substr(i + 1, end - i - 1);
      const std::size_t colon = inside.find(':');
      text += field(inside.substr(0, colon), colon == std::string::npos ? "" : inside.substr(colon + 1));
      i = end;
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace cornu::callbacks
