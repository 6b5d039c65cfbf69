#include "models/training/optimizers/adam.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "models/training/optimizers/adam_body.h"
#include "models/training/optimizers/common_settings.h"

namespace cornu::optimizers {

AdamBody::AdamBody(std::string class_name, const AdamOptions& options)
    : Body(options.learning_rate, common_settings(options)),
      class_name_(std::move(class_name)),
      beta_1_(options.beta_1),
      beta_2_(options.beta_2),
      epsilon_(options.epsilon),
      amsgrad_(options.amsgrad) {}

Config AdamBody::config() const {
  Config config = Body::config();
  config.set("beta_1", beta_1_);
  config.set("beta_2", beta_2_);
  config.set("epsilon", epsilon_);
  config.set("amsgrad", amsgrad_);
  return config;
}

void AdamBody::make_slots(const Variables& weights) {
  const std::vector<Variables> slots = add_slots(weights, {"momentum", "velocity"});
  momentums_ = slots[0];
  velocities_ = slots[1];
  if (amsgrad_) largest_velocities_ = add_slots(weights, {"velocity_hat"})[0];
}

void AdamBody::begin_step(const Tensor& step, const Tensor& learning_rate) {
  step_size_ = learning_rate * ops::sqrt(1.0 - ops::power(beta_2_, step)) / (1.0 - ops::power(beta_1_, step));
}

void AdamBody::update_step(std::size_t index, const Tensor& gradient, const Variable& weight, const Tensor&) {
  const Variable& m = momentums_[index];
  const Variable& v = velocities_[index];
  assign(m, m + (gradient - m) * (1.0 - beta_1_));
  assign(v, v + (ops::square(gradient) - v) * (1.0 - beta_2_));
  Tensor scale = v;
  if (amsgrad_) {
    assign(largest_velocities_[index], ops::maximum(largest_velocities_[index], v));
    scale = largest_velocities_[index];
  }
  assign(weight, weight - m * ops::cast(step_size_, weight.dtype()) / (ops::sqrt(scale) + epsilon_));
}

AdamOptions adam_options_from(const Config& config, AdamOptions options) {
  const std::optional<double> decay = options.weight_decay;
  set_common_settings(options, optimizer_settings_from(config));
  if (!config.contains("weight_decay")) options.weight_decay = decay;
  if (!config.get("learning_rate").is_null()) options.learning_rate = LearningRate::from_config(config.at("learning_rate"));
  options.beta_1 = config.get_double("beta_1", options.beta_1);
  options.beta_2 = config.get_double("beta_2", options.beta_2);
  options.epsilon = config.get_double("epsilon", options.epsilon);
  options.amsgrad = config.get_bool("amsgrad", options.amsgrad);
  return options;
}

Adam::Adam(const AdamOptions& options) : Optimizer(std::make_shared<AdamBody>("Adam", options)) {}

namespace {

const bool kRegistered =
    register_optimizer("Adam", [](const Config& config) -> Optimizer { return Adam(adam_options_from(config, {})); });

}  // namespace

}  // namespace cornu::optimizers
