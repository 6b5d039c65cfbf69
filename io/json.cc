#include "io/json.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "framework/error.h"
#include "io/in_quotes.h"

namespace cornu::io {
namespace {

constexpr std::size_t kDeepest = 256;
constexpr std::size_t kLongest = std::size_t{128} << 20;

std::string position_text(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0: the first line
  return "line " + std::to_string(line) + ", column " + std::to_string(before.size() - line_start + 1);
}

// Python writes three numbers that JSON does not have. Each is replaced by a number of the same length, so that
// positions in messages stay right; no writer spells zero like this.
struct Spelling {
  std::string_view python;
  std::string_view json;
  double value;
};
constexpr std::array<Spelling, 3> kSpellings{{{"-Infinity", "-0e777777", -std::numeric_limits<double>::infinity()},
                                              {"Infinity", "0e777777", std::numeric_limits<double>::infinity()},
                                              {"NaN", "0e7", std::numeric_limits<double>::quiet_NaN()}}};

// True for characters that would make a number next to them another number, as in `1NaN`.
bool joins_words(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '+' || c == '-';
}

std::string with_json_numbers(std::string_view text) {
  std::string result(text);
  bool in_string = false;
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (result[i] == '"') in_string = !in_string;
    if (in_string && result[i] == '\\') ++i;  // the next character is escaped, perhaps a quote
    if (in_string || (i > 0 && joins_words(result[i - 1]))) continue;
    for (const Spelling& spelling : kSpellings) {
      const std::size_t end = i + spelling.python.size();
      if (result.compare(i, spelling.python.size(), spelling.python) != 0) continue;
      if (end == result.size() || !joins_words(result[end])) result.replace(i, spelling.json.size(), spelling.json);
    }
  }
  return result;
}

// Builds a Config from the parser's events. The stack holds the lists and dictionaries that are still open; it is used
// in place of recursion, so nesting cannot exhaust the call stack.
class ConfigBuilder {
 public:
  ConfigBuilder(std::string_view text, const std::string& where) : text_(text), where_(where) {}

  Config take() { return std::move(result_); }

  bool null() { return add(Config()); }
  bool boolean(bool value) { return add(Config(value)); }
  bool number_integer(std::int64_t value) { return add(Config(value)); }
  bool number_unsigned(std::uint64_t value) {
    if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return add(Config(static_cast<std::int64_t>(value)));
    }
    return add(Config(static_cast<double>(value)));
  }
  bool number_float(double value, const std::string& spelled) {
    for (const Spelling& spelling : kSpellings) {
      if (spelled == spelling.json) value = spelling.value;
    }
    return add(Config(value));
  }
  bool string(std::string& value) { return add(Config(std::move(value))); }
  bool binary(nlohmann::json::binary_t&) { return false; }  // part of the interface, never called for text

  bool start_object(std::size_t) { return open(true); }
  bool key(std::string& name) {
    open_.back().keys.push_back(std::move(name));
    return true;
  }
  bool end_object() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    std::vector<std::string_view> sorted(closed.keys.begin(), closed.keys.end());
    std::sort(sorted.begin(), sorted.end());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice != sorted.end()) {
      throw FormatError(in_quotes(where_) + ": expected each key of a dictionary once; got " + in_quotes(*twice) +
                            " twice. Remove one of them.",
                        where_);
    }
    return add(dictionary(std::move(closed)));
  }

  bool start_array(std::size_t) { return open(false); }
  bool end_array() {
    Config list = Config::list(std::move(open_.back().items));
    open_.pop_back();
    return add(std::move(list));
  }

  bool parse_error(std::size_t offset, const std::string&, const nlohmann::json::exception& error) {
    // The library counts characters from 1 and stops behind the offending one.
    const std::size_t stopped = std::min(offset, text_.size());
    const std::string place = position_text(text_, stopped == 0 ? 0 : stopped - 1);
    throw FormatError(in_quotes(where_) + ": expected JSON; got something else at " + place +
                          ". The file is damaged or not of this kind. [" + error.what() + "]",
                      where_);
  }

 private:
  struct Open {
    bool is_dict;
    Config::List items;
    std::vector<std::string> keys;
  };

  static Config dictionary(Open closed) {
    Config dict = Config::dict();
    // Not `set`, which looks at all entries each time: a hostile dictionary of a million keys would take hours.
    auto& entries = const_cast<Config::Dict&>(dict.as_dict());
    entries.reserve(closed.items.size());
    for (std::size_t i = 0; i < closed.items.size(); ++i) {
      entries.emplace_back(std::move(closed.keys[i]), std::move(closed.items[i]));
    }
    return dict;
  }

  bool open(bool is_dict) {
    if (open_.size() == kDeepest) {
      throw FormatError(in_quotes(where_) + ": expected at most " + std::to_string(kDeepest) +
                            " levels of nesting; got more. No model needs that: check where the file comes from.",
                        where_);
    }
    open_.push_back({is_dict, {}, {}});
    return true;
  }

  bool add(Config value) {
    if (open_.empty()) {
      result_ = std::move(value);
    } else {
      open_.back().items.push_back(std::move(value));
    }
    return true;
  }

  std::string_view text_;
  const std::string& where_;
  std::vector<Open> open_;
  Config result_;
};

// Python's repr: the fewest digits that give the number back, with an exponent below 1e-4 and from 1e16 on.
std::string python_number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  const double size = std::fabs(value);
  const bool has_exponent = size != 0 && (size < 1e-4 || size >= 1e16);
  // The longest, 9007199254740993.0 with a sign or 1.7976931348623157e+308, is well below this.
  std::array<char, 64> digits;
  const auto format = has_exponent ? std::chars_format::scientific : std::chars_format::fixed;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, format);
  std::string text(digits.data(), end.ptr);
  if (!has_exponent && text.find('.') == std::string::npos) text += ".0";
  return text;
}

class JsonWriter {
 public:
  explicit JsonWriter(int indent) : indent_(indent) {}

  std::string take() { return std::move(text_); }

  void write(const Config& value) {
    if (value.is_dict()) {
      write_items(value.as_dict(), '{', '}', [this](const Config::Item& item) {
        write_string(item.first);
        text_ += ": ";
        write(item.second);
      });
    } else if (value.is_list()) {
      write_items(value.as_list(), '[', ']', [this](const Config& item) { write(item); });
    } else if (value.is_string()) {
      write_string(value.as_string());
    } else if (value.is_bool()) {
      text_ += value.as_bool() ? "true" : "false";
    } else if (value.is_integer()) {
      text_ += std::to_string(value.as_int());
    } else {
      text_ += value.is_null() ? "null" : python_number(value.as_double());
    }
  }

 private:
  template <typename Items, typename WriteItem>
  void write_items(const Items& items, char open, char close, WriteItem write_item) {
    text_ += open;
    ++depth_;
    bool is_first = true;
    for (const auto& item : items) {
      if (!is_first) text_ += indent_ < 0 ? ", " : ",";
      is_first = false;
      start_line();
      write_item(item);
    }
    --depth_;
    if (!is_first) start_line();
    text_ += close;
  }

  void start_line() {
    if (indent_ >= 0) text_ += '\n' + std::string(static_cast<std::size_t>(indent_ * depth_), ' ');
  }

  void write_string(const std::string& value) {
    constexpr bool kEscapeBeyondAscii = true;
    text_ += nlohmann::json(value).dump(-1, ' ', kEscapeBeyondAscii, nlohmann::json::error_handler_t::replace);
  }

  int indent_;
  int depth_ = 0;
  std::string text_;
};

}  // namespace

Config parse_json(std::string_view text, const std::string& where) {
  if (text.size() > kLongest) {
    throw FormatError(in_quotes(where) + ": expected at most " + std::to_string(kLongest) + " bytes of JSON; got " +
                          std::to_string(text.size()) + ". Check that this is the right file.",
                      where);
  }
  const std::string plain = with_json_numbers(text);
  ConfigBuilder builder(plain, where);
  nlohmann::json::sax_parse(plain, &builder);
  return builder.take();
}

std::string to_json(const Config& config, int indent) {
  JsonWriter writer(indent);
  writer.write(config);
  return writer.take();
}

}  // namespace cornu::io
