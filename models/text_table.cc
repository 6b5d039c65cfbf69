#include "models/text_table.h"

#include <algorithm>

namespace cornu {
namespace {

// The byte at which code point number `count` begins.
std::size_t offset_of(std::string_view text, std::size_t count) {
  std::size_t i = 0;
  while (i < text.size()) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80 && count-- == 0) break;
    ++i;
  }
  return i;
}

std::string without_trailing_spaces(const std::string& text) { return text.substr(0, text.find_last_not_of(' ') + 1); }

// Lines of at most `width`, broken between words; a word that is longer is cut, as the package rich does for Keras.
std::vector<std::string> wrapped(const std::string& text, std::size_t width, bool ascii) {
  std::vector<std::string> lines(1);
  for (std::size_t begin = 0; begin < text.size();) {
    // A word with the spaces behind it, and the first one with those before it.
    const std::size_t end = text.find_first_not_of(' ', text.find(' ', text.find_first_not_of(' ', begin)));
    const std::string word = text.substr(begin, end == std::string::npos ? end : end - begin);
    begin = end == std::string::npos ? text.size() : end;
    const std::size_t length = num_characters(without_trailing_spaces(word));
    if (num_characters(lines.back()) + length > width && !lines.back().empty()) lines.emplace_back();
    lines.back() += word;
  }
  for (std::string& line : lines) {
    line = without_trailing_spaces(line);
    if (num_characters(line) > width) line = line.substr(0, offset_of(line, width - 1)) + (ascii ? "~" : "…");
  }
  return lines;
}

std::vector<std::string> lines_of(const std::string& text, std::size_t width, bool ascii) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    for (std::string& line : wrapped(text.substr(begin, end - begin), width, ascii)) lines.push_back(std::move(line));
    begin = end + 1;
  }
  return lines;
}

std::string aligned(const std::string& text, std::size_t width, TextTable::Align align) {
  const std::size_t length = num_characters(text);
  const std::size_t room = width > length ? width - length : 0;
  const std::size_t before = align == TextTable::Align::kLeft ? 0 : align == TextTable::Align::kRight ? room : room / 2;
  return std::string(before, ' ') + text + std::string(room - before, ' ');
}

}  // namespace

std::size_t num_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

struct TextTable::BoxLine {
  std::string left, line, between, right;
};

std::string TextTable::to_string() const {
  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(column.title);
  std::string text = border(ascii_ ? BoxLine{"+", "-", "+", "+"} : BoxLine{"┏", "━", "┳", "┓"});
  text += row(titles, ascii_ ? "|" : "┃");
  text += border(ascii_ ? BoxLine{"+", "=", "+", "+"} : BoxLine{"┡", "━", "╇", "┩"});
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (i > 0) text += border(ascii_ ? BoxLine{"+", "-", "+", "+"} : BoxLine{"├", "─", "┼", "┤"});
    text += row(rows_[i], ascii_ ? "|" : "│");
  }
  return text + border(ascii_ ? BoxLine{"+", "-", "+", "+"} : BoxLine{"└", "─", "┴", "┘"});
}

std::string TextTable::border(const BoxLine& box) const {
  std::string text = box.left;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    text += repeated(box.line, columns_[i].width) + (i + 1 < columns_.size() ? box.between : box.right);
  }
  return text + "\n";
}

std::string TextTable::row(const std::vector<std::string>& cells, const std::string& bar) const {
  std::vector<std::vector<std::string>> lines;
  std::size_t height = 1;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    lines.push_back(lines_of(cells[i], columns_[i].width - 2, ascii_));
    height = std::max(height, lines.back().size());
  }
  std::string text;
  for (std::size_t k = 0; k < height; ++k) {
    text += bar;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string line = k < lines[i].size() ? lines[i][k] : "";
      text += " " + aligned(line, columns_[i].width - 2, columns_[i].align) + " " + bar;
    }
    text += "\n";
  }
  return text;
}

}  // namespace cornu
