#include "layers/regularization/base_spatial_dropout.h"

#include "framework/initializers/seed.h"
#include "framework/ops/random.h"
#include "layers/layer_title.h"
#include "layers/regularization/rate.h"

namespace cornu::layers {

BaseSpatialDropoutLayer::BaseSpatialDropoutLayer(const std::string& class_name, std::int64_t rank, double rate,
                                                 const DataFormat& data_format, std::optional<std::int64_t> seed,
                                                 const LayerSettings& settings)
    : Layer(settings), rank_(rank), rate_(rate), data_format_(data_format), seed_(seed) {
  check_between_0_and_1(rate, "rate", layer_title(class_name, settings.name));
  set_input_spec({{.ndim = rank + 2}});
  set_supports_masking(true);
}

Outputs BaseSpatialDropoutLayer::call(const Inputs& inputs, const CallContext& context) {
  if (!context.training() || rate_ == 0.0) return inputs[0];
  std::vector<std::int64_t> noise_shape(static_cast<std::size_t>(rank_) + 2, kUnknown);
  for (const std::int64_t axis : data_format_.spatial_axes(rank_ + 2)) noise_shape[static_cast<std::size_t>(axis)] = 1;
  return ops::dropout(inputs[0], rate_, context.random_state(), noise_shape);
}

// Keras' class takes these arguments alone, and a dtype by its name.
Config BaseSpatialDropoutLayer::config() const {
  Config config = Config::dict({{"rate", rate_},
                                {"seed", initializers::seed_config(seed_)},
                                {"name", name()},
                                {"dtype", dtype_policy().name()}});
  if (rank_ > 1) config.set("data_format", data_format_.name());
  return config;
}

}  // namespace cornu::layers
