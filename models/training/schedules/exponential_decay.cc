#include "models/training/schedules/exponential_decay.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/rounding.h"
#include "models/training/schedules/checks.h"

namespace cornu::schedules {
namespace {

class ExponentialDecayBody final : public LearningRateSchedule::Body {
 public:
  explicit ExponentialDecayBody(ExponentialDecayOptions options) : options_(std::move(options)) {
    check_positive("ExponentialDecay", "decay_steps", options_.decay_steps);
  }

  std::string class_name() const override { return "ExponentialDecay"; }

  Config config() const override {
    return Config::dict({{"initial_learning_rate", options_.initial_learning_rate},
                         {"decay_steps", options_.decay_steps},
                         {"decay_rate", options_.decay_rate},
                         {"staircase", options_.staircase},
                         {"name", options_.name}});
  }

  Tensor call(const Tensor& step) const override {
    Tensor fraction = ops::cast(step, DType::kFloat32) / static_cast<double>(options_.decay_steps);
    if (options_.staircase) fraction = ops::floor(fraction);
    return options_.initial_learning_rate * ops::power(ops::full({}, options_.decay_rate), fraction);
  }

 private:
  ExponentialDecayOptions options_;
};

const bool kRegistered = register_schedule("ExponentialDecay", [](const Config& config) -> LearningRateSchedule {
  return ExponentialDecay({.initial_learning_rate = config.at("initial_learning_rate").as_double(),
                           .decay_steps = steps_from(config, "decay_steps"),
                           .decay_rate = config.at("decay_rate").as_double(),
                           .staircase = config.get_bool("staircase", false),
                           .name = config.get_string("name", "ExponentialDecay")});
});

}  // namespace

ExponentialDecay::ExponentialDecay(const ExponentialDecayOptions& options)
    : LearningRateSchedule(std::make_shared<ExponentialDecayBody>(options)) {}

}  // namespace cornu::schedules
