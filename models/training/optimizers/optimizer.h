#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framework/config.h"
#include "framework/variable.h"
#include "layers/layer.h"
#include "models/training/schedules/learning_rate_schedule.h"

namespace cornu {

/// What all optimizers can be told, in Keras' order and with its defaults.
struct OptimizerSettings {
  std::optional<double> weight_decay = {};
  std::optional<double> clipnorm = {};         ///< largest norm of one gradient
  std::optional<double> clipvalue = {};        ///< largest absolute value of an element
  std::optional<double> global_clipnorm = {};  ///< largest norm of all gradients together
  bool use_ema = false;                        ///< keep moving averages of the weights
  double ema_momentum = 0.99;
  std::optional<std::int64_t> ema_overwrite_frequency = {};
  std::optional<double> loss_scale_factor = {};
  std::optional<std::int64_t> gradient_accumulation_steps = {};
  std::string name = {};
};

/// Moves weights against their gradients: by Keras' name ("adam") or an object of `optimizers::`.
///
/// A handle: copies share the slots, which are Variables, so that a step is part of a compiled program.
/// **See**: `keras.optimizers`.
class Optimizer {
 public:
  /// What a kind of optimizer implements.
  class Body {
   public:
    Body(LearningRate learning_rate, OptimizerSettings settings);
    Body(const Body&) = delete;
    Body& operator=(const Body&) = delete;
    virtual ~Body() = default;
    virtual std::string class_name() const = 0;
    /// Arguments of the constructor; the base gives learning_rate and the settings.
    virtual Config config() const;

    /// Makes the slots for these weights, once. In Keras' order of `optimizer.variables`.
    void build(const std::vector<Weight>& weights);
    bool built() const { return built_; }

    /// One step: clips, accumulates, decays, updates each weight, applies constraints and averages, counts the
    /// iteration. An undefined gradient leaves its weight alone. Written in ops; runs eagerly and traced.
    void apply(const Tensors& gradients, const std::vector<Weight>& weights);

    /// iteration, learning rate (absent with a schedule), then slots: what Keras saves.
    const Variables& variables() const { return variables_; }
    const Variable& iterations() const { return iterations_; }
    /// The current learning rate, a float32 scalar.
    Tensor learning_rate() const;
    /// **Throws** StateError when a schedule rules.
    void set_learning_rate(double value);
    /// At the end of training: with EMA the averages become the weights, as Keras does.
    void finalize_variable_values(const Variables& trainable);
    const OptimizerSettings& settings() const { return settings_; }

   protected:
    /// Adds slots of zeros for every weight, of each kind one after the other for a weight before the next weight has
    /// its own; returns a list for each kind. Called by `make_slots`.
    std::vector<Variables> add_slots(const Variables& weights, const std::vector<std::string>& kinds);
    Variable add_variable(const std::string& name, const Tensor& initial_value);
    /// Gives a weight or slot its next value; while gradients accumulate, only in every n-th step.
    void assign(const Variable& variable, const Tensor& value) const;
    virtual void make_slots(const Variables& weights) = 0;
    /// Called once before the updates of a step, for what all weights share. `step` counts from 1, float32.
    virtual void begin_step(const Tensor& /*step*/, const Tensor& /*learning_rate*/) {}
    /// Updates weight number `index`.
    virtual void update_step(std::size_t index, const Tensor& gradient, const Variable& weight,
                             const Tensor& learning_rate) = 0;

   private:
    Tensors clipped(const Tensors& gradients) const;
    Tensor accumulated(std::size_t index, const Tensor& gradient, const Tensor& is_update) const;
    Tensor updates_done() const;
    void decay(const Variable& weight) const;
    void update_averages() const;

    LearningRate rate_;
    OptimizerSettings settings_;
    bool built_ = false;
    Variables weights_;
    Variables averages_;
    Variables accumulators_;
    Tensor updates_now_;  ///< undefined unless gradients accumulate: whether this step changes anything
    Variables variables_;
    Variable iterations_;
    Variable learning_rate_;
  };

  Optimizer(const char* name) : Optimizer(std::string(name)) {}
  /// By Keras' name: "adam", "SGD", ... **Throws** InvalidArgument listing the known names.
  Optimizer(const std::string& name);
  explicit Optimizer(std::shared_ptr<Body> body) : body_(std::move(body)) {}
  static Optimizer from_config(const Config& config);

  Body& operator*() const { return *body_; }
  Body* operator->() const { return body_.get(); }
  Config serialized() const;

 private:
  std::shared_ptr<Body> body_;
};

/// The settings of a saved configuration.
OptimizerSettings optimizer_settings_from(const Config& config);

using OptimizerFactory = Optimizer (*)(const Config& config);
bool register_optimizer(const std::string& class_name, OptimizerFactory factory);

}  // namespace cornu
