#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "models/training/callbacks/callback.h"
#include "models/training/callbacks/monitor.h"

namespace cornu::callbacks {

/// Options of ReduceLROnPlateau, in Keras' order.
struct ReduceLROnPlateauOptions {
  std::string monitor = "val_loss";
  double factor = 0.1;         ///< below 1
  std::int64_t patience = 10;  ///< epochs without improvement before a reduction
  int verbose = 0;             ///< 1: say so on stdout
  std::string mode = "auto";   ///< "min", "max", or by the name of the figure
  double min_delta = 1e-4;     ///< a lesser change is no improvement
  std::int64_t cooldown = 0;   ///< epochs after a reduction that are not looked at
  double min_lr = 0.0;
};

/// What ReduceLROnPlateau makes.
class ReduceLROnPlateauCallback final : public Callback {
 public:
  explicit ReduceLROnPlateauCallback(ReduceLROnPlateauOptions options);
  void on_train_begin() override;
  void on_epoch_end(std::int64_t epoch, Logs& logs) override;

 private:
  ReduceLROnPlateauOptions options_;
  Monitor monitor_;
  std::optional<double> best_;
  std::int64_t wait_ = 0;
  std::int64_t cooldown_ = 0;
};

/// Multiplies the learning rate by `factor` when a figure has stopped improving; adds the figure `learning_rate`.
///
/// **Throws** InvalidArgument for a factor of 1 or more, StateError in a fit whose optimizer has a schedule.
/// **See**: `keras.callbacks.ReduceLROnPlateau`.
class ReduceLROnPlateau : public std::shared_ptr<ReduceLROnPlateauCallback> {
 public:
  explicit ReduceLROnPlateau(const ReduceLROnPlateauOptions& options = {})
      : shared_ptr(std::make_shared<ReduceLROnPlateauCallback>(options)) {}
};

}  // namespace cornu::callbacks
