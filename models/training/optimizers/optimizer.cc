#include "models/training/optimizers/optimizer.h"

#include <algorithm>
#include <map>

#include "framework/error.h"
#include "framework/graph/graph.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/reduce.h"
#include "framework/ops/where.h"
#include "framework/snake_case.h"

namespace cornu {
namespace {

std::map<std::string, OptimizerFactory>& optimizers() {
  static std::map<std::string, OptimizerFactory> table;
  return table;
}

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

Config number_or_null(const std::optional<double>& value) { return value ? Config(*value) : Config(); }
Config count_or_null(const std::optional<std::int64_t>& value) { return value ? Config(*value) : Config(); }

std::optional<double> number_from(const Config& config) {
  return config.is_null() ? std::nullopt : std::optional<double>(config.as_double());
}
std::optional<std::int64_t> count_from(const Config& config) {
  return config.is_null() ? std::nullopt : std::optional<std::int64_t>(config.as_int());
}

// A gradient scaled so that its norm does not exceed the bound.
Tensor clipped_by_norm(const Tensor& gradient, double bound) {
  return gradient * bound / ops::maximum(ops::norm(gradient), bound);
}

bool is_nth(const std::int64_t n, const Tensor& count, Tensor& result) {
  if (n <= 0) return false;
  result = ops::equal(ops::mod(count, ops::cast(Tensor(n), DType::kInt64)), ops::zeros({}, DType::kInt64));
  return true;
}

}  // namespace

Optimizer::Body::Body(LearningRate learning_rate, OptimizerSettings settings)
    : rate_(std::move(learning_rate)), settings_(std::move(settings)) {
  const int clips =
      settings_.clipnorm.has_value() + settings_.clipvalue.has_value() + settings_.global_clipnorm.has_value();
  if (clips > 1) throw InvalidArgument("optimizer: give only one of clipnorm, clipvalue and global_clipnorm");
  iterations_ = add_variable("iteration", ops::zeros({}, DType::kInt64));
  if (!rate_.is_schedule()) learning_rate_ = add_variable("learning_rate", ops::full({}, rate_.value()));
}

Variable Optimizer::Body::add_variable(const std::string& name, const Tensor& initial_value) {
  const Variable variable(initial_value, {.name = name, .trainable = false});
  // The class name is not known while the base is constructed; paths of the first two are set when slots are made.
  variables_.push_back(variable);
  return variable;
}

std::vector<Variables> Optimizer::Body::add_slots(const Variables& weights, const std::vector<std::string>& kinds) {
  std::vector<Variables> slots(kinds.size());
  for (const Variable& weight : weights) {
    std::string reference = weight.path();
    std::replace(reference.begin(), reference.end(), '/', '_');
    for (std::size_t k = 0; k < kinds.size(); ++k) {
      slots[k].push_back(add_variable(reference + "_" + kinds[k], ops::zeros(weight.shape(), weight.dtype())));
    }
  }
  return slots;
}

void Optimizer::Body::build(const std::vector<Weight>& weights) {
  if (built_) return;
  // Slots are made at once even while a step is traced: their first values are no part of it.
  const GraphScope eager(nullptr);
  for (const Weight& weight : weights) weights_.push_back(weight.variable);
  if (settings_.use_ema) averages_ = add_slots(weights_, {"average"})[0];
  if (settings_.gradient_accumulation_steps) accumulators_ = add_slots(weights_, {"gradient_accumulator"})[0];
  make_slots(weights_);
  for (const Variable& variable : variables_) variable.set_path(snake_case(class_name()) + "/" + variable.name());
  built_ = true;
}

Tensor Optimizer::Body::learning_rate() const {
  return rate_.is_schedule() ? ops::cast(rate_.schedule()(iterations_), DType::kFloat32) : learning_rate_.value();
}

void Optimizer::Body::set_learning_rate(double value) {
  if (rate_.is_schedule()) {
    throw StateError(
        "optimizer: its learning rate follows a schedule and cannot be set; make the optimizer with a number instead");
  }
  learning_rate_.assign(ops::full({}, value));
}

void Optimizer::Body::assign(const Variable& variable, const Tensor& value) const {
  variable.assign(updates_now_.defined() ? ops::where(updates_now_, value, variable.value()) : value);
}

Tensors Optimizer::Body::clipped(const Tensors& gradients) const {
  Tensors result;
  if (settings_.clipnorm) {
    for (const Tensor& gradient : gradients) result.push_back(clipped_by_norm(gradient, *settings_.clipnorm));
  } else if (settings_.global_clipnorm) {
    Tensor squares;
    for (const Tensor& gradient : gradients) {
      const Tensor own = ops::sum(ops::square(gradient));
      squares = squares.defined() ? squares + own : own;
    }
    const Tensor norm = ops::sqrt(squares);
    const double bound = *settings_.global_clipnorm;
    // norm - norm is 0 for any finite norm, and NaN otherwise, which must not pass unseen.
    const Tensor scale = ops::minimum(1.0 / norm, 1.0 / bound) * bound + (norm - norm);
    for (const Tensor& gradient : gradients) result.push_back(gradient * scale);
  } else if (settings_.clipvalue) {
    for (const Tensor& gradient : gradients)
      result.push_back(ops::clip(gradient, -*settings_.clipvalue, *settings_.clipvalue));
  } else {
    result = gradients;
  }
  return result;
}

void Optimizer::Body::decay(const Variable& weight) const {
  if (!settings_.weight_decay) return;
  assign(weight, weight - weight * *settings_.weight_decay * ops::cast(learning_rate(), weight.dtype()));
}

// The mean of the gradients gathered since the last update; the accumulator starts over in the steps that update.
Tensor Optimizer::Body::accumulated(std::size_t index, const Tensor& gradient, const Tensor& is_update) const {
  const Variable& accumulator = accumulators_[index];
  const Tensor sum = gradient + accumulator;
  accumulator.assign(ops::where(is_update, 0.0, sum));
  return sum / static_cast<double>(*settings_.gradient_accumulation_steps);
}

void Optimizer::Body::apply(const Tensors& gradients, const std::vector<Weight>& weights) {
  build(weights);
  Tensors present;
  std::vector<std::size_t> numbers;
  std::vector<const Weight*> changed;
  std::map<const VariableState*, std::size_t> number_of;
  for (std::size_t i = 0; i < weights_.size(); ++i) number_of[weights_[i].state().get()] = i;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto known = number_of.find(weights[i].variable.state().get());
    if (known == number_of.end()) {
      throw StateError("optimizer: weight '" + weights[i].variable.path() +
                       "' is not one it was built for; compile the model again after changing what is trainable");
    }
    if (!gradients[i].defined()) continue;
    Tensor gradient = ops::cast(gradients[i], weights[i].variable.dtype());
    if (settings_.loss_scale_factor) gradient = gradient / *settings_.loss_scale_factor;
    present.push_back(gradient);
    numbers.push_back(known->second);
    changed.push_back(&weights[i]);
  }
  if (present.empty())
    throw StateError("optimizer: no weight has a gradient; is the loss computed from the model's outputs?");

  const Tensor next = iterations_.value() + ops::ones({}, DType::kInt64);
  updates_now_ = {};
  Tensor is_update;
  if (is_nth(settings_.gradient_accumulation_steps.value_or(0), next, is_update)) {
    for (std::size_t i = 0; i < present.size(); ++i) present[i] = accumulated(numbers[i], present[i], is_update);
    updates_now_ = is_update;
  }
  present = clipped(present);
  for (const Weight* weight : changed) decay(weight->variable);
  const Tensor rate = learning_rate();
  begin_step(ops::cast(updates_done() + ops::ones({}, DType::kInt64), DType::kFloat32), rate);
  for (std::size_t i = 0; i < present.size(); ++i) {
    update_step(numbers[i], present[i], changed[i]->variable, ops::cast(rate, changed[i]->variable.dtype()));
  }
  updates_now_ = {};
  if (settings_.use_ema) update_averages();
  for (const Weight* weight : changed) {
    if (weight->constraint.defined()) weight->variable.assign(weight->constraint(weight->variable.value()));
  }
  iterations_.assign(next);
}

// Steps that changed weights; with accumulation only every n-th does.
Tensor Optimizer::Body::updates_done() const {
  const std::int64_t accumulation = settings_.gradient_accumulation_steps.value_or(1);
  return accumulation > 1 ? ops::floor_divide(iterations_, ops::cast(Tensor(accumulation), DType::kInt64))
                          : iterations_.value();
}

void Optimizer::Body::update_averages() const {
  const Tensor updates = updates_done();
  const Tensor momentum =
      ops::where(ops::not_equal(updates, ops::zeros({}, DType::kInt64)), settings_.ema_momentum, 0.0);
  Tensor overwrites;
  const bool may_overwrite =
      is_nth(settings_.ema_overwrite_frequency.value_or(0), updates + ops::ones({}, DType::kInt64), overwrites);
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    averages_[i].assign(momentum * averages_[i] + (1.0 - momentum) * weights_[i]);
    if (may_overwrite) weights_[i].assign(ops::where(overwrites, averages_[i], weights_[i]));
  }
}

void Optimizer::Body::finalize_variable_values(const Variables& trainable) {
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    const bool wanted = std::find(trainable.begin(), trainable.end(), weights_[i]) != trainable.end();
    if (settings_.use_ema && wanted) weights_[i].assign(averages_[i].snapshot());
  }
}

Config Optimizer::Body::config() const {
  const Config rate = rate_.is_schedule() ? rate_.serialized() : Config(learning_rate_.snapshot().item());
  return Config::dict({{"name", settings_.name.empty() ? lower_case(class_name()) : settings_.name},
                       {"learning_rate", rate},
                       {"weight_decay", number_or_null(settings_.weight_decay)},
                       {"clipnorm", number_or_null(settings_.clipnorm)},
                       {"global_clipnorm", number_or_null(settings_.global_clipnorm)},
                       {"clipvalue", number_or_null(settings_.clipvalue)},
                       {"use_ema", settings_.use_ema},
                       {"ema_momentum", settings_.ema_momentum},
                       {"ema_overwrite_frequency", count_or_null(settings_.ema_overwrite_frequency)},
                       {"loss_scale_factor", number_or_null(settings_.loss_scale_factor)},
                       {"gradient_accumulation_steps", count_or_null(settings_.gradient_accumulation_steps)}});
}

OptimizerSettings optimizer_settings_from(const Config& config) {
  return {.weight_decay = number_from(config.get("weight_decay")),
          .clipnorm = number_from(config.get("clipnorm")),
          .clipvalue = number_from(config.get("clipvalue")),
          .global_clipnorm = number_from(config.get("global_clipnorm")),
          .use_ema = config.get_bool("use_ema", false),
          .ema_momentum = config.get_double("ema_momentum", 0.99),
          .ema_overwrite_frequency = count_from(config.get("ema_overwrite_frequency")),
          .loss_scale_factor = number_from(config.get("loss_scale_factor")),
          .gradient_accumulation_steps = count_from(config.get("gradient_accumulation_steps")),
          .name = config.get_string("name", "")};
}

Optimizer::Optimizer(const std::string& name) : Optimizer(from_config(Config(name))) {}

Optimizer Optimizer::from_config(const Config& config) {
  const std::string& class_name = config.is_string() ? config.as_string() : config.at("class_name").as_string();
  const auto it = optimizers().find(lower_case(class_name));
  if (it != optimizers().end()) return it->second(config.is_string() ? Config::dict() : config.get("config"));
  std::string known;
  for (const auto& [name, factory] : optimizers()) known += (known.empty() ? "\"" : ", \"") + name + "\"";
  throw InvalidArgument("unknown optimizer \"" + class_name + "\"; cornu has " + known);
}

Config Optimizer::serialized() const {
  return Config::dict({{"module", "keras.optimizers"},
                       {"class_name", body_->class_name()},
                       {"config", body_->config()},
                       {"registered_name", nullptr}});
}

bool register_optimizer(const std::string& class_name, OptimizerFactory factory) {
  optimizers()[lower_case(class_name)] = factory;
  return true;
}

}  // namespace cornu
