#pragma once

#include <cstdint>
#include <memory>

#include "models/training/callbacks/callback.h"

namespace cornu::callbacks {

/// Options of TerminateOnNaN.
struct TerminateOnNaNOptions {
  bool raise_error = false;  ///< throw StateError instead of ending the fit
};

/// What TerminateOnNaN makes.
class TerminateOnNaNCallback final : public Callback {
 public:
  explicit TerminateOnNaNCallback(const TerminateOnNaNOptions& options) : options_(options) {}
  void on_train_batch_end(std::int64_t batch, const Logs& logs) override;

 private:
  TerminateOnNaNOptions options_;
};

/// Ends the whole fit after the batch whose loss is NaN or infinite. **See**: `keras.callbacks.TerminateOnNaN`.
class TerminateOnNaN : public std::shared_ptr<TerminateOnNaNCallback> {
 public:
  explicit TerminateOnNaN(const TerminateOnNaNOptions& options = {})
      : shared_ptr(std::make_shared<TerminateOnNaNCallback>(options)) {}
};

}  // namespace cornu::callbacks
