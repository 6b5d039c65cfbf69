#pragma once

#include <string>

namespace cornu {

/// **Throws** InvalidArgument, naming `who` and `argument`, unless 0 <= value <= 1.
void check_between_0_and_1(double value, const char* argument, const std::string& who);

}  // namespace cornu
