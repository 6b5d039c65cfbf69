#include "framework/float32_precision.h"

#include <atomic>

#include "framework/error.h"

namespace cornu {
namespace {

std::atomic<bool> is_exact{false};

}  // namespace

std::string float32_precision() { return is_exact ? "exact" : "fast"; }

void set_float32_precision(const std::string& precision) {
  if (precision != "fast" && precision != "exact") {
    throw InvalidArgument("set_float32_precision: expected \"fast\" or \"exact\"; got \"" + precision + "\"");
  }
  is_exact = precision == "exact";
}

}  // namespace cornu
