#include "framework/numerics.h"

#include <atomic>

#include "framework/error.h"

namespace cornu {
namespace {

std::atomic<bool> exact{false};
std::atomic<bool> deterministic_results{false};

}  // namespace

std::string float32_precision() { return exact ? "exact" : "fast"; }

void set_float32_precision(const std::string& precision) {
  if (precision != "fast" && precision != "exact") {
    throw InvalidArgument("set_float32_precision: expected \"fast\" or \"exact\"; got \"" + precision + "\"");
  }
  exact = precision == "exact";
}

bool is_deterministic() { return deterministic_results; }

void set_deterministic(bool deterministic) { deterministic_results = deterministic; }

NumericSettings numeric_settings() { return {exact, deterministic_results}; }

}  // namespace cornu
