#pragma once

#include "models/training/optimizers/adam.h"

namespace cornu::optimizers {

/// What Adam and AdamW share: they differ in their names and in the default of the weight decay.
class AdamBody final : public Optimizer::Body {
 public:
  AdamBody(std::string class_name, const AdamOptions& options);
  std::string class_name() const override { return class_name_; }
  Config config() const override;

 protected:
  void make_slots(const Variables& weights) override;
  void begin_step(const Tensor& step, const Tensor& learning_rate) override;
  void update_step(std::size_t index, const Tensor& gradient, const Variable& weight, const Tensor& learning_rate) override;

 private:
  std::string class_name_;
  double beta_1_;
  double beta_2_;
  double epsilon_;
  bool amsgrad_;
  Tensor step_size_;   ///< of the step being made: the learning rate with both bias corrections
  Variables momentums_;
  Variables velocities_;
  Variables largest_velocities_;
};

/// The options of a saved configuration; `options` has the defaults.
AdamOptions adam_options_from(const Config& config, AdamOptions options);

}  // namespace cornu::optimizers
