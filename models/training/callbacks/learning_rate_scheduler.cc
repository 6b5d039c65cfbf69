#include "models/training/callbacks/learning_rate_scheduler.h"

#include <cstdio>

#include "framework/error.h"
#include "models/training/callbacks/python_number.h"

namespace cornu::callbacks {

LearningRateSchedulerCallback::LearningRateSchedulerCallback(LearningRateSchedulerOptions options)
    : options_(std::move(options)) {
  if (!options_.schedule) {
    throw InvalidArgument("LearningRateScheduler: give it a schedule, a function of the epoch and the learning rate");
  }
}

void LearningRateSchedulerCallback::on_epoch_begin(std::int64_t epoch) {
  const double rate = options_.schedule(epoch, host().learning_rate());
  host().set_learning_rate(rate);
  if (options_.verbose > 0) {
    std::printf("\nEpoch %lld: LearningRateScheduler setting learning rate to %s.\n", static_cast<long long>(epoch) + 1,
                python_number(rate).c_str());
  }
}

void LearningRateSchedulerCallback::on_epoch_end(std::int64_t /*epoch*/, Logs& logs) {
  logs.set("learning_rate", host().learning_rate());
}

}  // namespace cornu::callbacks
