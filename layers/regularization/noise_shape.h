#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "framework/config.h"

namespace cornu {

/// Which elements share their fate in dropout: 1 at axes along which they do, `kUnknown` or the size at others.
using NoiseShape = std::optional<std::vector<std::int64_t>>;

NoiseShape noise_shape_from(const Config& config);

/// **Throws** InvalidArgument, naming `who`, for a size below 1 that is not `kUnknown`.
void check_noise_shape(const NoiseShape& noise_shape, const std::string& who);

}  // namespace cornu
