#include "models/training/callbacks/callback_list.h"

#include "models/training/callbacks/progress_logger.h"

namespace cornu {

CallbackList::CallbackList(std::vector<CallbackPtr> callbacks, Verbose verbose, TrainingHost& host, const RunFacts& facts)
    : callbacks_(std::move(callbacks)) {
  if (verbose != Verbose::kSilent) callbacks_.push_back(make_progress_logger(verbose));
  for (const CallbackPtr& callback : callbacks_) callback->attach(host, facts);
}

void CallbackList::on_train_begin() {
  for (const CallbackPtr& callback : callbacks_) callback->on_train_begin();
}

void CallbackList::on_train_end(const Logs& logs) {
  for (const CallbackPtr& callback : callbacks_) callback->on_train_end(logs);
}

void CallbackList::on_epoch_begin(std::int64_t epoch) {
  for (const CallbackPtr& callback : callbacks_) callback->on_epoch_begin(epoch);
}

void CallbackList::on_epoch_end(std::int64_t epoch, Logs& logs) {
  for (const CallbackPtr& callback : callbacks_) callback->on_epoch_end(epoch, logs);
}

void CallbackList::on_train_batch_begin(std::int64_t batch) {
  for (const CallbackPtr& callback : callbacks_) callback->on_train_batch_begin(batch);
}

void CallbackList::on_train_batch_end(std::int64_t batch, const Logs& logs) {
  for (const CallbackPtr& callback : callbacks_) callback->on_train_batch_end(batch, logs);
}

void CallbackList::on_test_begin() {
  for (const CallbackPtr& callback : callbacks_) callback->on_test_begin();
}

void CallbackList::on_test_end(const Logs& logs) {
  for (const CallbackPtr& callback : callbacks_) callback->on_test_end(logs);
}

void CallbackList::on_test_batch_begin(std::int64_t batch) {
  for (const CallbackPtr& callback : callbacks_) callback->on_test_batch_begin(batch);
}

void CallbackList::on_test_batch_end(std::int64_t batch, const Logs& logs) {
  for (const CallbackPtr& callback : callbacks_) callback->on_test_batch_end(batch, logs);
}

}  // namespace cornu
