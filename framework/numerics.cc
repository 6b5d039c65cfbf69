#include "framework/numerics.h"

#include <algorithm>
#include <atomic>
#include <iterator>

#include "framework/error.h"

namespace cornu {
namespace {

enum class Precision { kFast, kExact, kTf32 };
constexpr const char* kNames[] = {"fast", "exact", "tf32"};

std::atomic<Precision> precision_of_float32{Precision::kFast};
std::atomic<bool> deterministic_results{false};

}  // namespace

std::string float32_precision() { return kNames[static_cast<std::size_t>(precision_of_float32.load())]; }

void set_float32_precision(const std::string& precision) {
  const auto* const name = std::find(std::begin(kNames), std::end(kNames), precision);
  if (name == std::end(kNames)) {
    throw InvalidArgument(R"(set_float32_precision: expected "fast", "exact" or "tf32"; got ")" + precision + "\"");
  }
  precision_of_float32 = static_cast<Precision>(name - kNames);
}

bool is_deterministic() { return deterministic_results; }

void set_deterministic(bool deterministic) { deterministic_results = deterministic; }

NumericSettings numeric_settings() {
  const Precision precision = precision_of_float32;
  return {precision == Precision::kExact, precision == Precision::kTf32, deterministic_results};
}

}  // namespace cornu
