#include "models/training/schedules/polynomial_decay.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/rounding.h"
#include "framework/ops/where.h"
#include "models/training/schedules/checks.h"

namespace cornu::schedules {
namespace {

class PolynomialDecayBody final : public LearningRateSchedule::Body {
 public:
  explicit PolynomialDecayBody(PolynomialDecayOptions options) : options_(std::move(options)) {
    check_positive("PolynomialDecay", "decay_steps", options_.decay_steps);
  }

  std::string class_name() const override { return "PolynomialDecay"; }

  Config config() const override {
    return Config::dict({{"initial_learning_rate", options_.initial_learning_rate},
                         {"decay_steps", options_.decay_steps},
                         {"end_learning_rate", options_.end_learning_rate},
                         {"power", options_.power},
                         {"cycle", options_.cycle},
                         {"name", options_.name}});
  }

  Tensor call(const Tensor& step) const override {
    const auto length = static_cast<double>(options_.decay_steps);
    Tensor at = ops::cast(step, DType::kFloat32);
    Tensor steps(length);
    if (options_.cycle) {
      steps = ops::where(ops::equal(at, 0.0), 1.0, ops::ceil(at / length)) * length;
    } else {
      at = ops::minimum(at, length);
    }
    // Keras takes the difference of the two rates in float32.
    const float range =
        static_cast<float>(options_.initial_learning_rate) - static_cast<float>(options_.end_learning_rate);
    return range * ops::power(1.0 - at / steps, options_.power) + options_.end_learning_rate;
  }

 private:
  PolynomialDecayOptions options_;
};

const bool kRegistered = register_schedule("PolynomialDecay", [](const Config& config) -> LearningRateSchedule {
  return PolynomialDecay({.initial_learning_rate = config.at("initial_learning_rate").as_double(),
                          .decay_steps = steps_from(config, "decay_steps"),
                          .end_learning_rate = config.get_double("end_learning_rate", 0.0001),
                          .power = config.get_double("power", 1.0),
                          .cycle = config.get_bool("cycle", false),
                          .name = config.get_string("name", "PolynomialDecay")});
});

}  // namespace

PolynomialDecay::PolynomialDecay(const PolynomialDecayOptions& options)
    : LearningRateSchedule(std::make_shared<PolynomialDecayBody>(options)) {}

}  // namespace cornu::schedules
