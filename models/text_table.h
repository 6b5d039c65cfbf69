#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cornu {

/// A table drawn with box characters, as Keras prints one: a line of titles, then rows with lines between them.
class TextTable {
 public:
  enum class Align { kLeft, kRight, kCenter };

  struct Column {
    std::string title;
    Align align = Align::kLeft;
    std::size_t width = 0;  ///< characters, with a space on either side
  };

  /// `ascii`: `+-|` instead of box characters.
  TextTable(std::vector<Column> columns, bool ascii) : columns_(std::move(columns)), ascii_(ascii) {}

  /// A cell is broken between words where it is too wide, a word that is too wide is cut; a line break is kept.
  void add_row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  std::string to_string() const;

 private:
  struct BoxLine;
  std::string border(const BoxLine& box) const;
  std::string row(const std::vector<std::string>& cells, const std::string& bar) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
  bool ascii_;
};

/// Length of a text in code points: names of layers may be in any script.
std::size_t num_characters(std::string_view text);

/// The same text several times.
std::string repeated(std::string_view text, std::size_t times);

}  // namespace cornu
