#include "models/training/optimizers/rmsprop.h"

#include "framework/ops/arithmetic.h"
#include "models/training/optimizers/common_settings.h"

namespace cornu::optimizers {
namespace {

class RMSpropBody final : public Optimizer::Body {
 public:
  explicit RMSpropBody(const RMSpropOptions& options)
      : Body(options.learning_rate, common_settings(options)),
        rho_(options.rho),
        momentum_(options.momentum),
        epsilon_(options.epsilon),
        centered_(options.centered) {}

  std::string class_name() const override { return "RMSprop"; }

  Config config() const override {
    Config config = Body::config();
    config.set("rho", rho_);
    config.set("momentum", momentum_);
    config.set("epsilon", epsilon_);
    config.set("centered", centered_);
    return config;
  }

 protected:
  void make_slots(const Variables& weights) override {
    velocities_ = add_slots(weights, {"velocity"})[0];
    if (momentum_ > 0.0) momentums_ = add_slots(weights, {"momentum"})[0];
    if (centered_) average_gradients_ = add_slots(weights, {"average_gradient"})[0];
  }

  void update_step(std::size_t index, const Tensor& gradient, const Variable& weight, const Tensor& learning_rate) override {
    const Variable& velocity = velocities_[index];
    assign(velocity, velocity * rho_ + ops::square(gradient) * (1.0 - rho_));
    Tensor denominator = velocity + epsilon_;
    if (centered_) {
      const Variable& average = average_gradients_[index];
      assign(average, average * rho_ + gradient * (1.0 - rho_));
      denominator = velocity - ops::square(average) + epsilon_;
    }
    Tensor increment = learning_rate * gradient / ops::sqrt(denominator);
    if (momentum_ > 0.0) {
      assign(momentums_[index], momentums_[index] * momentum_ + increment);
      increment = momentums_[index];
    }
    assign(weight, weight - increment);
  }

 private:
  double rho_;
  double momentum_;
  double epsilon_;
  bool centered_;
  Variables velocities_;
  Variables momentums_;
  Variables average_gradients_;
};

const bool kRegistered = register_optimizer("RMSprop", [](const Config& config) -> Optimizer {
  RMSpropOptions options;
  set_common_settings(options, optimizer_settings_from(config));
  if (!config.get("learning_rate").is_null()) options.learning_rate = LearningRate::from_config(config.at("learning_rate"));
  options.rho = config.get_double("rho", options.rho);
  options.momentum = config.get_double("momentum", options.momentum);
  options.epsilon = config.get_double("epsilon", options.epsilon);
  options.centered = config.get_bool("centered", options.centered);
  return RMSprop(options);
});

}  // namespace

RMSprop::RMSprop(const RMSpropOptions& options) : Optimizer(std::make_shared<RMSpropBody>(options)) {}

}  // namespace cornu::optimizers
