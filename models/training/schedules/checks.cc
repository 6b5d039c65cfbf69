#include "models/training/schedules/checks.h"

#include "framework/error.h"

namespace cornu::schedules {

void check_positive(const std::string& class_name, const std::string& option, std::int64_t value) {
  if (value > 0) return;
  throw InvalidArgument(class_name + ": " + option + " must be positive; got " + std::to_string(value));
}

std::int64_t steps_from(const Config& config, const std::string& key) {
  return static_cast<std::int64_t>(config.at(key).as_double());
}

}  // namespace cornu::schedules
