#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "framework/tensor.h"

namespace cornu::io {

/// A table of numbers.
struct CsvTable {
  std::vector<std::string> columns;  ///< names from the first line; empty where that line holds numbers
  Tensor values;                     ///< `(rows, columns)` float32
};

/// Reads numbers separated by commas, one row a line. The first line may hold names instead; `nan` and `inf` are
/// numbers; spaces and double quotes around a field and empty lines do not count. **Throws** FormatError, with the
/// line, for a field that is no number and for rows of different lengths.
CsvTable read_csv(const std::string& path);

/// The same for text in memory, which `where` names in messages.
CsvTable parse_csv(std::string_view text, const std::string& where);

}  // namespace cornu::io
