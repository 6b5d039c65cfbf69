#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "models/training/logs.h"

namespace cornu::callbacks {

/// A file name with figures in it: `{epoch:02d}-{val_loss:.2f}` as Python's `str.format` fills it in.
///
/// Epoch and batch are integers counted from 1. A field has a name and perhaps a width, with 0 before it for leading
/// zeros, a precision and a type of d, f, e or g; `{{` stands for a brace. **Throws** InvalidArgument naming the
/// field.
std::string filled_template(const std::string& pattern, std::int64_t epoch, std::optional<std::int64_t> batch,
                            const Logs& logs);

}  // namespace cornu::callbacks
