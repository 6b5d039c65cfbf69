#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "framework/config.h"

namespace cornu {

/// Reading and writing of fields that configurations of several layers have in common.

std::optional<std::int64_t> optional_int(const Config& config, std::string_view key);
std::optional<double> optional_double(const Config& config, std::string_view key);
Config config_of(const std::optional<std::int64_t>& value);
Config config_of(const std::optional<double>& value);

/// A list in which null stands for `kUnknown`, as shapes are written.
Config shape_config(const std::vector<std::int64_t>& dims);
std::vector<std::int64_t> shape_from_config(const Config& config);

/// **Throws** Unsupported for a layer whose file says that its weights are quantized.
void refuse_quantization(const Config& config, const char* class_name);

}  // namespace cornu
