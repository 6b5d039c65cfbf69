#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "models/training/callbacks/callback.h"
#include "models/training/callbacks/monitor.h"

namespace cornu::callbacks {

/// Options of EarlyStopping, in Keras' order.
struct EarlyStoppingOptions {
  std::string monitor = "val_loss";
  double min_delta = 0.0;     ///< a lesser change is no improvement
  std::int64_t patience = 0;  ///< epochs without improvement after which to stop
  int verbose = 0;            ///< 1: say so on stdout
  std::string mode = "auto";  ///< "min", "max", or by the name of the figure
  std::optional<double> baseline = {};
  bool restore_best_weights = false;
  std::int64_t start_from_epoch = 0;  ///< epochs before this one are not looked at
};

/// What EarlyStopping makes.
class EarlyStoppingCallback final : public Callback {
 public:
  explicit EarlyStoppingCallback(EarlyStoppingOptions options);
  void on_train_begin() override;
  void on_epoch_end(std::int64_t epoch, Logs& logs) override;
  void on_train_end(const Logs& logs) override;

  /// The epoch that ended the fit, counted from 0; 0 when none did.
  std::int64_t stopped_epoch() const { return stopped_epoch_; }
  std::int64_t best_epoch() const { return best_epoch_; }
  /// Nothing before the figure was first seen.
  std::optional<double> best() const { return best_; }

 private:
  EarlyStoppingOptions options_;
  Monitor monitor_;
  std::int64_t wait_ = 0;
  std::int64_t stopped_epoch_ = 0;
  std::int64_t best_epoch_ = 0;
  std::optional<double> best_;
  std::optional<Tensors> best_weights_;
};

/// Ends a fit when a figure has stopped improving.
///
/// **Throws** InvalidArgument for another mode. **See**: `keras.callbacks.EarlyStopping`.
class EarlyStopping : public std::shared_ptr<EarlyStoppingCallback> {
 public:
  explicit EarlyStopping(const EarlyStoppingOptions& options = {})
      : shared_ptr(std::make_shared<EarlyStoppingCallback>(options)) {}
};

}  // namespace cornu::callbacks
