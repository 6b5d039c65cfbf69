#include "io/csv.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "framework/error.h"
#include "io/byte_reader.h"
#include "io/in_quotes.h"

namespace cornu::io {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r";
  text.remove_prefix(std::min(text.find_first_not_of(kSpaces), text.size()));
  text.remove_suffix(text.size() - (text.find_last_not_of(kSpaces) + 1));
  return text;
}

// Splits at commas outside quotes.
std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  bool is_quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= line.size(); ++i) {
    if (i < line.size() && line[i] == '"') is_quoted = !is_quoted;
    if (i < line.size() && (is_quoted || line[i] != ',')) continue;
    std::string_view field = trimmed(line.substr(begin, i - begin));
    if (field.size() >= 2 && field.front() == '"' && field.back() == '"')
      field = trimmed(field.substr(1, field.size() - 2));
    fields.push_back(field);
    begin = i + 1;
  }
  return fields;
}

std::optional<float> number_of(std::string_view field) {
  if (field.starts_with('+')) field.remove_prefix(1);
  // By way of double, because float alone would refuse a number such as 1e-60, which is a zero to it.
  double number = 0;
  const auto end = std::from_chars(field.data(), field.data() + field.size(), number);
  if (end.ec != std::errc() || end.ptr != field.data() + field.size()) return std::nullopt;
  return static_cast<float>(number);
}

}  // namespace

CsvTable parse_csv(std::string_view text, const std::string& where) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  CsvTable table;
  std::vector<float> numbers;
  std::int64_t num_rows = 0;
  std::size_t width = 0;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (trimmed(line).empty()) continue;
    const auto fail = [&](const std::string& sentence) {
      throw FormatError(in_quotes(where) + ", line " + std::to_string(number) + ": " + sentence, where);
    };

    const std::vector<std::string_view> fields = fields_of(line);
    const bool is_first = width == 0;
    if (is_first) width = fields.size();
    if (fields.size() != width) {
      fail("expected " + std::to_string(width) + " fields, as in the first line; got " + std::to_string(fields.size()) +
           ". Complete the row.");
    }
    const bool is_header =
        is_first && std::none_of(fields.begin(), fields.end(), [](auto field) { return number_of(field).has_value(); });
    if (is_header) {
      table.columns.assign(fields.begin(), fields.end());
      continue;
    }
    for (const std::string_view field : fields) {
      const std::optional<float> value = number_of(field);
      if (!value)
        fail("expected a number; got " + in_quotes(field) + ". Replace it by a number, or by nan where there is none.");
      numbers.push_back(*value);
    }
    ++num_rows;
  }
  table.values = Tensor::copy(numbers, {num_rows, static_cast<std::int64_t>(width)});
  return table;
}

CsvTable read_csv(const std::string& path) {
  const std::unique_ptr<ByteReader> file = open_file(path);
  return parse_csv(read_all(*file, UINT64_MAX), path);
}

}  // namespace cornu::io
