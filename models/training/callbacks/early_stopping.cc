#include "models/training/callbacks/early_stopping.h"

#include <cstdio>

namespace cornu::callbacks {

EarlyStoppingCallback::EarlyStoppingCallback(EarlyStoppingOptions options)
    : options_(std::move(options)), monitor_("EarlyStopping", options_.monitor, options_.mode, options_.min_delta) {}

void EarlyStoppingCallback::on_train_begin() {
  wait_ = 0;
  stopped_epoch_ = 0;
  best_epoch_ = 0;
  best_.reset();
  best_weights_.reset();
}

void EarlyStoppingCallback::on_epoch_end(std::int64_t epoch, Logs& logs) {
  const std::optional<double> current = monitor_.value(logs);
  if (!current || epoch < options_.start_from_epoch) return;
  ++wait_;
  if (monitor_.improves(host(), *current, best_)) {
    best_ = current;
    best_epoch_ = epoch;
    if (options_.restore_best_weights) best_weights_ = host().get_weights();
    if (!options_.baseline || monitor_.improves(host(), *current, options_.baseline)) wait_ = 0;
    return;
  }
  // As in Keras the first epoch of a training never ends it.
  if (wait_ >= options_.patience && epoch > 0) {
    stopped_epoch_ = epoch;
    host().stop_training();
  }
}

void EarlyStoppingCallback::on_train_end(const Logs& /*logs*/) {
  if (stopped_epoch_ > 0 && options_.verbose > 0) {
    std::printf("Epoch %lld: early stopping\n", static_cast<long long>(stopped_epoch_) + 1);
  }
  if (!best_weights_) return;
  if (options_.verbose > 0) {
    std::printf("Restoring model weights from the end of the best epoch: %lld.\n",
                static_cast<long long>(best_epoch_) + 1);
  }
  host().set_weights(*best_weights_);
  best_weights_.reset();
}

}  // namespace cornu::callbacks
