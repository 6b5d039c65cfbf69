#include "layers/regularization/noise_shape.h"

#include "framework/error.h"
#include "framework/shape.h"
#include "layers/config_fields.h"
#include "layers/layer_title.h"

namespace cornu {

NoiseShape noise_shape_from(const Config& config) {
  if (config.is_null()) return {};
  return shape_from_config(config);
}

void check_noise_shape(const NoiseShape& noise_shape, const std::string& who) {
  if (!noise_shape) return;
  for (const std::int64_t dim : *noise_shape) {
    if (dim >= 1 || dim == kUnknown) continue;
    throw InvalidArgument(who + ": noise_shape must have sizes of at least 1, or kUnknown; got " + std::to_string(dim) +
                              " in " + Shape(*noise_shape).to_string(),
                          path_in_title(who));
  }
}

}  // namespace cornu
