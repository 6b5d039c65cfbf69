#include "layers/regularization/rate.h"

#include "framework/error.h"
#include "layers/layer_title.h"

namespace cornu {

void check_between_0_and_1(double value, const char* argument, const std::string& who) {
  if (value >= 0.0 && value <= 1.0) return;
  throw InvalidArgument(who + ": " + argument + " must lie between 0 and 1; got " + std::to_string(value),
                        path_in_title(who));
}

}  // namespace cornu
