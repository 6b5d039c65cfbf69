#pragma once

#include <string>
#include <string_view>

namespace cornu::io {

/// A name in single quotes, fit for a message: control characters become `?`, long names are shortened.
/// Names that come from a file are data and may hold anything.
std::string in_quotes(std::string_view name);

}  // namespace cornu::io
