#include "models/training/optimizers/sgd.h"

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "models/training/optimizers/common_settings.h"

namespace cornu::optimizers {
namespace {

class SGDBody final : public Optimizer::Body {
 public:
  explicit SGDBody(const SGDOptions& options)
      : Body(options.learning_rate, common_settings(options)), momentum_(options.momentum), nesterov_(options.nesterov) {
    if (momentum_ < 0.0 || momentum_ > 1.0) {
      throw InvalidArgument("SGD: momentum must be between 0 and 1; got " + std::to_string(momentum_));
    }
  }

  std::string class_name() const override { return "SGD"; }

  Config config() const override {
    Config config = Body::config();
    config.set("momentum", momentum_);
    config.set("nesterov", nesterov_);
    return config;
  }

 protected:
  void make_slots(const Variables& weights) override {
    if (momentum_ != 0.0) velocities_ = add_slots(weights, {"momentum"})[0];
  }

  void update_step(std::size_t index, const Tensor& gradient, const Variable& weight, const Tensor& learning_rate) override {
    const Tensor step = gradient * learning_rate;
    if (velocities_.empty()) {
      assign(weight, weight - step);
      return;
    }
    const Variable& velocity = velocities_[index];
    assign(velocity, velocity * momentum_ - step);
    assign(weight, nesterov_ ? weight + (velocity * momentum_ - step) : weight + velocity);
  }

 private:
  double momentum_;
  bool nesterov_;
  Variables velocities_;
};

const bool kRegistered = register_optimizer("SGD", [](const Config& config) -> Optimizer {
  SGDOptions options;
  set_common_settings(options, optimizer_settings_from(config));
  if (!config.get("learning_rate").is_null()) options.learning_rate = LearningRate::from_config(config.at("learning_rate"));
  options.momentum = config.get_double("momentum", options.momentum);
  options.nesterov = config.get_bool("nesterov", options.nesterov);
  return SGD(options);
});

}  // namespace

SGD::SGD(const SGDOptions& options) : Optimizer(std::make_shared<SGDBody>(options)) {}

}  // namespace cornu::optimizers
