#include "models/training/schedules/cosine_decay_restarts.h"

#include <numbers>

#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/exponential.h"
#include "framework/ops/rounding.h"
#include "framework/ops/trigonometric.h"
#include "models/training/schedules/checks.h"

namespace cornu::schedules {
namespace {

class CosineDecayRestartsBody final : public LearningRateSchedule::Body {
 public:
  explicit CosineDecayRestartsBody(CosineDecayRestartsOptions options) : options_(std::move(options)) {
    check_positive("CosineDecayRestarts", "first_decay_steps", options_.first_decay_steps);
  }

  std::string class_name() const override { return "CosineDecayRestarts"; }

  Config config() const override {
    return Config::dict({{"initial_learning_rate", options_.initial_learning_rate},
                         {"first_decay_steps", options_.first_decay_steps},
                         {"t_mul", options_.t_mul},
                         {"m_mul", options_.m_mul},
                         {"alpha", options_.alpha},
                         {"name", options_.name}});
  }

  Tensor call(const Tensor& step) const override {
    // In lengths of the first period: where in its period the step is, and after how many restarts.
    Tensor fraction = ops::cast(step, DType::kFloat32) / static_cast<double>(options_.first_decay_steps);
    Tensor restarts;
    if (options_.t_mul == 1.0) {
      restarts = ops::floor(fraction);
      fraction = fraction - restarts;
    } else {
      // Both logarithms by the same op, so that a restart falls on its very step: log(4) / log(2) is 2, no less.
      const Tensor t_mul = ops::full({}, options_.t_mul);
      restarts = ops::floor(ops::log(1.0 - fraction * (1.0 - t_mul)) / ops::log(t_mul));
      const Tensor length = ops::power(t_mul, restarts);
      fraction = (fraction - (1.0 - length) / (1.0 - t_mul)) / length;
    }
    const Tensor height = 0.5 * ops::power(ops::full({}, options_.m_mul), restarts);
    const Tensor cosine = height * (ops::cos(fraction * std::numbers::pi) + 1.0);
    return options_.initial_learning_rate * ((1.0 - options_.alpha) * cosine + options_.alpha);
  }

 private:
  CosineDecayRestartsOptions options_;
};

const bool kRegistered = register_schedule("CosineDecayRestarts", [](const Config& config) -> LearningRateSchedule {
  return CosineDecayRestarts({.initial_learning_rate = config.at("initial_learning_rate").as_double(),
                              .first_decay_steps = steps_from(config, "first_decay_steps"),
                              .t_mul = config.get_double("t_mul", 2.0),
                              .m_mul = config.get_double("m_mul", 1.0),
                              .alpha = config.get_double("alpha", 0.0),
                              .name = config.get_string("name", "SGDRDecay")});
});

}  // namespace

CosineDecayRestarts::CosineDecayRestarts(const CosineDecayRestartsOptions& options)
    : LearningRateSchedule(std::make_shared<CosineDecayRestartsBody>(options)) {}

}  // namespace cornu::schedules
