#include "models/training/callbacks/reduce_lr_on_plateau.h"

#include <algorithm>
#include <cstdio>

#include "framework/error.h"
#include "models/training/callbacks/python_number.h"

namespace cornu::callbacks {

ReduceLROnPlateauCallback::ReduceLROnPlateauCallback(ReduceLROnPlateauOptions options)
    : options_(std::move(options)), monitor_("ReduceLROnPlateau", options_.monitor, options_.mode, options_.min_delta) {
  if (options_.factor >= 1.0) {
    throw InvalidArgument("ReduceLROnPlateau: factor must be below 1; got " + python_number(options_.factor));
  }
}

void ReduceLROnPlateauCallback::on_train_begin() {
  best_.reset();
  wait_ = 0;
  cooldown_ = 0;
}

void ReduceLROnPlateauCallback::on_epoch_end(std::int64_t epoch, Logs& logs) {
  const double rate = host().learning_rate();
  logs.set("learning_rate", rate);
  const std::optional<double> current = monitor_.value(logs);
  if (!current) return;
  if (cooldown_ > 0) {
    --cooldown_;
    wait_ = 0;
  }
  if (monitor_.improves(host(), *current, best_)) {
    best_ = current;
    wait_ = 0;
    return;
  }
  if (cooldown_ > 0 || ++wait_ < options_.patience) return;
  // The rate is kept as float32: compared with min_lr as a double it would seem greater for ever.
  if (rate <= static_cast<double>(static_cast<float>(options_.min_lr))) return;
  const double reduced = std::max(rate * options_.factor, options_.min_lr);
  host().set_learning_rate(reduced);
  if (options_.verbose > 0) {
    std::printf("\nEpoch %lld: ReduceLROnPlateau reducing learning rate to %s.\n", static_cast<long long>(epoch) + 1,
                python_number(reduced).c_str());
  }
  cooldown_ = options_.cooldown;
  wait_ = 0;
}

}  // namespace cornu::callbacks
