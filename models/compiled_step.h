#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "framework/executor/program.h"
#include "models/model.h"

namespace cornu {

/// A step of training or evaluation, traced and compiled for batches of one shape.
class CompiledStep {
 public:
  /// Traces `step` on symbols of these specs.
  CompiledStep(const std::string& name, const TensorSpecs& x, const TensorSpecs& y, const TensorSpecs& sample_weight,
               const std::function<StepLogs(const StepData&)>& step);

  bool fits(const Batch& batch) const;

  /// Runs on a batch and puts the figures into `logs`, which keeps its memory from step to step.
  void run(const Batch& batch, Logs& logs);

  /// The same in two parts: a card works between `start` and `finish`, the CPU in `start`.
  /// `is_brought` says that the batch is that of the last `bring`, unchanged since.
  void start(const Batch& batch, bool is_brought = false);
  void finish(Logs& logs);

  /// Whether it runs on a card.
  bool is_on_card() const { return program_->device() != "cpu:0"; }
  /// Begins to bring a batch to the card, for a `start` that is told so.
  void bring(const Batch& batch);

  std::shared_ptr<const Program> program() const { return program_; }

 private:
  TensorSpecs x_;
  TensorSpecs y_;
  TensorSpecs sample_weight_;
  std::vector<std::string> names_;
  Tensors results_;
  std::vector<void*> targets_;
  std::vector<const void*> sources_;  // of the batch that was given last
  void find_sources(const Batch& batch);
  std::shared_ptr<Program> program_;
};

/// Puts the figures of a step into logs.
void read_step_logs(const std::vector<std::string>& names, const Tensors& values, Logs& logs);

}  // namespace cornu
