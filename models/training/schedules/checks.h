#pragma once

#include <cstdint>
#include <string>

#include "framework/config.h"

namespace cornu::schedules {

/// **Throws** InvalidArgument unless the option is positive.
void check_positive(const std::string& class_name, const std::string& option, std::int64_t value);

/// A number of steps of a saved configuration, which Keras may have written as 1000.0.
std::int64_t steps_from(const Config& config, const std::string& key);

}  // namespace cornu::schedules
