#include "framework/executor/passes/elementwise_cost.h"

#include <algorithm>
#include <array>

namespace cornu {

std::int64_t additions_of(std::string_view operation) {
  struct Cost {
    std::string_view operation;
    std::int64_t additions;
  };
  static constexpr std::array kCosts{Cost{"divide", 2}, Cost{"reciprocal", 2}, Cost{"sqrt", 3},   Cost{"rsqrt", 5},
                                     Cost{"exp", 8},    Cost{"expm1", 8},      Cost{"log", 8},    Cost{"erf", 15},
                                     Cost{"tanh", 10},  Cost{"sigmoid", 10},   Cost{"log1p", 12}, Cost{"softplus", 20},
                                     Cost{"power", 30}};
  static constexpr std::array kSimple{"add",      "subtract",   "multiply",      "maximum",     "minimum",
                                      "negative", "absolute",   "square",        "sign",        "where",
                                      "cast",     "relu",       "equal",         "not_equal",   "less",
                                      "greater",  "less_equal", "greater_equal", "logical_not", "logical_and"};
  if (std::find(kSimple.begin(), kSimple.end(), operation) != kSimple.end()) return 1;
  constexpr std::int64_t kOther = 60;
  const auto found =
      std::find_if(kCosts.begin(), kCosts.end(), [&](const Cost& cost) { return cost.operation == operation; });
  return found == kCosts.end() ? kOther : found->additions;
}

}  // namespace cornu
