#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "models/training/callbacks/callback.h"

namespace cornu::callbacks {

/// The functions a LambdaCallback calls; what is not given is not called. The first six in Keras' order.
struct LambdaCallbackOptions {
  std::function<void(std::int64_t epoch)> on_epoch_begin = {};
  std::function<void(std::int64_t epoch, Logs& logs)> on_epoch_end = {};
  std::function<void()> on_train_begin = {};
  std::function<void(const Logs& logs)> on_train_end = {};
  std::function<void(std::int64_t batch)> on_train_batch_begin = {};
  std::function<void(std::int64_t batch, const Logs& logs)> on_train_batch_end = {};
  std::function<void()> on_test_begin = {};
  std::function<void(const Logs& logs)> on_test_end = {};
  std::function<void(std::int64_t batch)> on_test_batch_begin = {};
  std::function<void(std::int64_t batch, const Logs& logs)> on_test_batch_end = {};
};

/// What LambdaCallback makes.
class CallbackOfFunctions final : public Callback {
 public:
  explicit CallbackOfFunctions(LambdaCallbackOptions options);
  void on_epoch_begin(std::int64_t epoch) override;
  void on_epoch_end(std::int64_t epoch, Logs& logs) override;
  void on_train_begin() override;
  void on_train_end(const Logs& logs) override;
  void on_train_batch_begin(std::int64_t batch) override;
  void on_train_batch_end(std::int64_t batch, const Logs& logs) override;
  void on_test_begin() override;
  void on_test_end(const Logs& logs) override;
  void on_test_batch_begin(std::int64_t batch) override;
  void on_test_batch_end(std::int64_t batch, const Logs& logs) override;

 private:
  LambdaCallbackOptions options_;
};

/// A callback of functions, where a class of one's own would be too much. **See**: `keras.callbacks.LambdaCallback`.
///
/// ```cpp
/// model.fit(x, y, {.callbacks = {callbacks::LambdaCallback({.on_epoch_begin = [](std::int64_t epoch) { ... }})}});
/// ```
class LambdaCallback : public std::shared_ptr<CallbackOfFunctions> {
 public:
  explicit LambdaCallback(const LambdaCallbackOptions& options)
      : shared_ptr(std::make_shared<CallbackOfFunctions>(options)) {}
};

}  // namespace cornu::callbacks
