#pragma once

#include <vector>

#include "models/training/callbacks/callback.h"
#include "models/training/verbose.h"

namespace cornu {

/// The callbacks of one run; the progress that `verbose` asks for comes last, so that it shows what the others add.
class CallbackList {
 public:
  CallbackList(std::vector<CallbackPtr> callbacks, Verbose verbose, TrainingHost& host, const RunFacts& facts);

  void on_train_begin();
  void on_train_end(const Logs& logs);
  void on_epoch_begin(std::int64_t epoch);
  void on_epoch_end(std::int64_t epoch, Logs& logs);
  void on_train_batch_begin(std::int64_t batch);
  void on_train_batch_end(std::int64_t batch, const Logs& logs);
  void on_test_begin();
  void on_test_end(const Logs& logs);
  void on_test_batch_begin(std::int64_t batch);
  void on_test_batch_end(std::int64_t batch, const Logs& logs);

 private:
  std::vector<CallbackPtr> callbacks_;
};

}  // namespace cornu
