#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/compiled_step.h"
#include "models/model.h"
#include "models/predictor.h"
#include "models/training/batch_reader.h"
#include "models/training/running_mean.h"

namespace cornu {

class CallbackList;

/// What a model has besides its layers once it is compiled and trained: optimizer, losses, metrics, programs, the
/// loops.
class Trainer final : public TrainingHost {
 public:
  explicit Trainer(ModelLayer& model) : model_(model), predictor_(model) {}

  void compile(const CompileOptions& options);
  bool compiled() const { return options_.has_value(); }
  const CompileOptions& options() const;
  Optimizer& optimizer();
  Predictor& predictor() { return predictor_; }

  History fit(const Dataset& data, const FitOptions& options, const std::optional<Dataset>& validation);
  Logs evaluate(const Dataset& data, const EvaluateOptions& options);
  Logs train_on_batch(const Batch& batch);
  Logs test_on_batch(const Batch& batch);
  Outputs predict(const Tensors& x, std::int64_t batch_size);
  std::shared_ptr<const Program> training_program(const Batch& batch);

  StepLogs train_step(const StepData& data);
  StepLogs test_step(const StepData& data);
  Tensor compute_loss(const StepData& data, const Tensors& y_pred, const Tensors& added_losses);
  StepLogs compute_metrics(const StepData& data, const Tensors& y_pred);

  std::vector<Metric> metrics() const override;
  void reset_metrics();

  /// Data by name in the order of these names. **Throws** InvalidArgument naming both sets when they differ.
  static Tensors ordered(const std::map<std::string, Tensor>& data, const std::vector<std::string>& names,
                         const std::string& what);

  void stop_training() override { stops_ = true; }
  bool stops_training() const override { return stops_; }
  double learning_rate() const override;
  void set_learning_rate(double value) override;
  std::int64_t iterations() const override;
  Tensors get_weights() const override { return model_.get_weights(); }
  void set_weights(const Tensors& values) override { model_.set_weights(values); }
  Variables weights() const override { return model_.weights(); }
  io::GraphDescription graph() const override;
  void save_weights(const std::string& path) const override { model_.save_weights(path); }

 private:
  struct OutputMetrics {
    std::string prefix;
    std::vector<Metric> plain;
    std::vector<Metric> weighted;
  };

  // The compiled steps of one kind, the last used first.
  using Steps = std::vector<std::unique_ptr<CompiledStep>>;

  Logs evaluate(const Dataset& data, CallbackList& callbacks);
  void resolve_losses(const Tensors& y, const Tensors& y_pred);
  void resolve_metrics(const Tensors& y, const Tensors& y_pred);
  StepLogs step(bool training, const StepData& data);
  CompiledStep& compiled_step(Steps& steps, bool training, const Batch& batch);
  /// On a card the next batch of `reader`, which may be null, is made and brought there while the step runs.
  void run_step(Steps& steps, bool training, const Batch& batch, Logs& logs, BatchReader* reader = nullptr);
  Tensor weight_of(const StepData& data, std::size_t output) const;
  std::vector<std::string> output_names(std::size_t count) const;
  bool find_trainable_variables();
  void forget_steps_if_trainability_changed();

  ModelLayer& model_;
  Predictor predictor_;
  std::optional<CompileOptions> options_;
  std::vector<Loss> losses_;  ///< one per output, undefined where an output has none
  std::vector<std::optional<double>> loss_weights_;
  bool losses_resolved_ = false;
  RunningMean loss_tracker_;
  std::vector<RunningMean> output_loss_trackers_;
  std::vector<OutputMetrics> output_metrics_;
  bool metrics_resolved_ = false;
  Steps train_steps_;
  Steps test_steps_;
  Variables trainable_variables_;  ///< when the steps were traced
  std::optional<std::uint64_t> trainability_version_;
  bool stops_ = false;
};

}  // namespace cornu
