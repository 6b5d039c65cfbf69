#include "models/training/schedules/cosine_decay.h"

#include <numbers>

#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/trigonometric.h"
#include "framework/ops/where.h"
#include "models/training/schedules/checks.h"

namespace cornu::schedules {
namespace {

class CosineDecayBody final : public LearningRateSchedule::Body {
 public:
  explicit CosineDecayBody(CosineDecayOptions options) : options_(std::move(options)) {
    check_positive("CosineDecay", "decay_steps", options_.decay_steps);
  }

  std::string class_name() const override { return "CosineDecay"; }

  Config config() const override {
    return Config::dict({{"initial_learning_rate", options_.initial_learning_rate},
                         {"decay_steps", options_.decay_steps},
                         {"alpha", options_.alpha},
                         {"name", options_.name},
                         {"warmup_target", options_.warmup_target ? Config(*options_.warmup_target) : Config()},
                         {"warmup_steps", options_.warmup_steps}});
  }

  Tensor call(const Tensor& step) const override {
    const auto decay_steps = static_cast<double>(options_.decay_steps);
    const Tensor now = ops::cast(step, DType::kFloat32);
    if (!options_.warmup_target) return decayed(ops::minimum(now, decay_steps), options_.initial_learning_rate);
    const auto warmup_steps = static_cast<double>(options_.warmup_steps);
    const Tensor at = ops::minimum(now, decay_steps + warmup_steps);
    const Tensor decay = decayed(at - warmup_steps, *options_.warmup_target);
    if (options_.warmup_steps <= 0) return decay;
    const float rise = static_cast<float>(*options_.warmup_target) - static_cast<float>(options_.initial_learning_rate);
    return ops::where(at < warmup_steps, rise * (at / warmup_steps) + options_.initial_learning_rate, decay);
  }

 private:
  Tensor decayed(const Tensor& step, double start) const {
    const Tensor angle = step / static_cast<double>(options_.decay_steps) * std::numbers::pi;
    return start * ((1.0 - options_.alpha) * (0.5 * (ops::cos(angle) + 1.0)) + options_.alpha);
  }

  CosineDecayOptions options_;
};

const bool kRegistered = register_schedule("CosineDecay", [](const Config& config) -> LearningRateSchedule {
  return CosineDecay({.initial_learning_rate = config.at("initial_learning_rate").as_double(),
                      .decay_steps = steps_from(config, "decay_steps"),
                      .alpha = config.get_double("alpha", 0.0),
                      .name = config.get_string("name", "CosineDecay"),
                      .warmup_target = config.get("warmup_target").is_null()
                                           ? std::nullopt
                                           : std::optional(config.at("warmup_target").as_double()),
                      .warmup_steps = config.contains("warmup_steps") ? steps_from(config, "warmup_steps") : 0});
});

}  // namespace

CosineDecay::CosineDecay(const CosineDecayOptions& options)
    : LearningRateSchedule(std::make_shared<CosineDecayBody>(options)) {}

}  // namespace cornu::schedules
