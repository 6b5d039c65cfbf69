#include "models/training/schedules/inverse_time_decay.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/rounding.h"
#include "models/training/schedules/checks.h"

namespace cornu::schedules {
namespace {

class InverseTimeDecayBody final : public LearningRateSchedule::Body {
 public:
  explicit InverseTimeDecayBody(InverseTimeDecayOptions options) : options_(std::move(options)) {
    check_positive("InverseTimeDecay", "decay_steps", options_.decay_steps);
  }

  std::string class_name() const override { return "InverseTimeDecay"; }

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
    return options_.initial_learning_rate / (options_.decay_rate * fraction + 1.0);
  }

 private:
  InverseTimeDecayOptions options_;
};

const bool kRegistered = register_schedule("InverseTimeDecay", [](const Config& config) -> LearningRateSchedule {
  return InverseTimeDecay({.initial_learning_rate = config.at("initial_learning_rate").as_double(),
                           .decay_steps = steps_from(config, "decay_steps"),
                           .decay_rate = config.at("decay_rate").as_double(),
                           .staircase = config.get_bool("staircase", false),
                           .name = config.get_string("name", "InverseTimeDecay")});
});

}  // namespace

InverseTimeDecay::InverseTimeDecay(const InverseTimeDecayOptions& options)
    : LearningRateSchedule(std::make_shared<InverseTimeDecayBody>(options)) {}

}  // namespace cornu::schedules
