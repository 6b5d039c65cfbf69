#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "models/training/callbacks/callback.h"

namespace cornu::callbacks {

/// Options of LearningRateScheduler, in Keras' order.
struct LearningRateSchedulerOptions {
  /// Given the epoch, counted from 0, and the learning rate so far: the one from now on.
  std::function<double(std::int64_t epoch, double learning_rate)> schedule = {};
  int verbose = 0;  ///< 1: say so on stdout
};

/// What LearningRateScheduler makes.
class LearningRateSchedulerCallback final : public Callback {
 public:
  explicit LearningRateSchedulerCallback(LearningRateSchedulerOptions options);
  void on_epoch_begin(std::int64_t epoch) override;
  void on_epoch_end(std::int64_t epoch, Logs& logs) override;

 private:
  LearningRateSchedulerOptions options_;
};

/// Sets the learning rate at the start of each epoch; adds the figure `learning_rate`.
///
/// **Throws** InvalidArgument without a schedule, StateError in a fit whose optimizer has a schedule of its own.
/// **See**: `keras.callbacks.LearningRateScheduler`.
class LearningRateScheduler : public std::shared_ptr<LearningRateSchedulerCallback> {
 public:
  explicit LearningRateScheduler(const LearningRateSchedulerOptions& options)
      : shared_ptr(std::make_shared<LearningRateSchedulerCallback>(options)) {}
};

}  // namespace cornu::callbacks
