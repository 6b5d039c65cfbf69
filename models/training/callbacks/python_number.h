#pragma once

#include <string>

namespace cornu::callbacks {

/// A number as Python prints it: the fewest digits that read back as the same double, `1.0`, `1e-05`, `nan`.
std::string python_number(double value);

}  // namespace cornu::callbacks
