#include "models/training/callbacks/lambda_callback.h"

#include <utility>

namespace cornu::callbacks {

CallbackOfFunctions::CallbackOfFunctions(LambdaCallbackOptions options) : options_(std::move(options)) {}

void CallbackOfFunctions::on_epoch_begin(std::int64_t epoch) {
  if (options_.on_epoch_begin) options_.on_epoch_begin(epoch);
}

void CallbackOfFunctions::on_epoch_end(std::int64_t epoch, Logs& logs) {
  if (options_.on_epoch_end) options_.on_epoch_end(epoch, logs);
}

void CallbackOfFunctions::on_train_begin() {
  if (options_.on_train_begin) options_.on_train_begin();
}

void CallbackOfFunctions::on_train_end(const Logs& logs) {
  if (options_.on_train_end) options_.on_train_end(logs);
}

void CallbackOfFunctions::on_train_batch_begin(std::int64_t batch) {
  if (options_.on_train_batch_begin) options_.on_train_batch_begin(batch);
}

void CallbackOfFunctions::on_train_batch_end(std::int64_t batch, const Logs& logs) {
  if (options_.on_train_batch_end) options_.on_train_batch_end(batch, logs);
}

void CallbackOfFunctions::on_test_begin() {
  if (options_.on_test_begin) options_.on_test_begin();
}

void CallbackOfFunctions::on_test_end(const Logs& logs) {
  if (options_.on_test_end) options_.on_test_end(logs);
}

void CallbackOfFunctions::on_test_batch_begin(std::int64_t batch) {
  if (options_.on_test_batch_begin) options_.on_test_batch_begin(batch);
}

void CallbackOfFunctions::on_test_batch_end(std::int64_t batch, const Logs& logs) {
  if (options_.on_test_batch_end) options_.on_test_batch_end(batch, logs);
}

}  // namespace cornu::callbacks
