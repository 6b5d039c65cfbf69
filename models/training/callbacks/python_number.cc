#include "models/training/callbacks/python_number.h"

#include <cmath>

#include "io/json.h"

namespace cornu::callbacks {

std::string python_number(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0.0 ? "inf" : "-inf";
  return io::to_json(value);
}

}  // namespace cornu::callbacks
