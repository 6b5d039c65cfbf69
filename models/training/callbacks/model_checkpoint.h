#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "models/training/callbacks/callback.h"
#include "models/training/callbacks/monitor.h"

namespace cornu::callbacks {

/// Options of ModelCheckpoint, in Keras' order.
struct ModelCheckpointOptions {
  std::string filepath = {};  ///< may hold fields: "runs/{epoch:02d}-{val_loss:.2f}.weights.h5"
  std::string monitor = "val_loss";
  int verbose = 0;                                     ///< 1: say so on stdout
  bool save_best_only = false;                         ///< only when the figure is better than ever before
  bool save_weights_only = false;                      ///< must be set: whole models are not written
  std::string mode = "auto";                           ///< "min", "max", or by the name of the figure
  std::optional<std::int64_t> save_freq = {};          ///< every so many batches; by default after each epoch
  std::optional<double> initial_value_threshold = {};  ///< what the first value has to beat
};

/// What ModelCheckpoint makes.
class ModelCheckpointCallback final : public Callback {
 public:
  explicit ModelCheckpointCallback(ModelCheckpointOptions options);
  void on_epoch_begin(std::int64_t epoch) override { epoch_ = epoch; }
  void on_epoch_end(std::int64_t epoch, Logs& logs) override;
  void on_train_batch_end(std::int64_t batch, const Logs& logs) override;

  std::optional<double> best() const { return best_; }

 private:
  void save(std::int64_t epoch, std::optional<std::int64_t> batch, const Logs& logs);
  bool is_wanted(std::int64_t epoch, const Logs& logs, const std::string& path);

  ModelCheckpointOptions options_;
  Monitor monitor_;
  std::optional<double> best_;
  std::int64_t epoch_ = 0;
  std::int64_t batches_since_save_ = 0;
};

/// Writes the model's weights while it trains, into one file or one for each epoch; missing folders are made.
///
/// **Throws** InvalidArgument unless `filepath` ends in `.weights.h5`, Unsupported without `save_weights_only`.
/// **See**: `keras.callbacks.ModelCheckpoint`.
class ModelCheckpoint : public std::shared_ptr<ModelCheckpointCallback> {
 public:
  explicit ModelCheckpoint(const ModelCheckpointOptions& options)
      : shared_ptr(std::make_shared<ModelCheckpointCallback>(options)) {}
};

}  // namespace cornu::callbacks
