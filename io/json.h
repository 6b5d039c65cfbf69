#pragma once

#include <string>
#include <string_view>

#include "framework/config.h"

namespace cornu::io {

/// Reads JSON as Python's `json` writes it: `NaN`, `Infinity` and `-Infinity` are numbers, dictionaries keep their
/// order.
///
/// `where` names the source in messages. **Throws** FormatError with line and column for anything that is not JSON, for
/// a key that occurs twice in a dictionary, and for more than 256 levels of nesting.
///
/// ```cpp
/// Config config = io::parse_json(R"({"units": 128, "activation": "relu"})", "config.json");
/// ```
Config parse_json(std::string_view text, const std::string& where);

/// Writes JSON byte for byte as Python's `json.dumps` does: `{"a": [1, 2.0]}`, text beyond ASCII as `\uXXXX`, numbers
/// with as few digits as give them back exactly. `indent` >= 0 puts each entry on a line of its own, as `indent=` does
/// there.
std::string to_json(const Config& config, int indent = -1);

}  // namespace cornu::io
