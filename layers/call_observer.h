#pragma once

#include "layers/call_context.h"
#include "layers/layer.h"

namespace cornu {

/// While one lives, it is told of every call of a layer on this thread, calls within calls included; of several the
/// innermost. How a trace learns which layers a `call()` calls.
class CallObserver {
 public:
  CallObserver();
  CallObserver(const CallObserver&) = delete;
  CallObserver& operator=(const CallObserver&) = delete;
  virtual ~CallObserver();

  /// The innermost of this thread, or null.
  static CallObserver* current();

  /// The layer is built and about to be called.
  virtual void call_begins(const LayerPtr& layer, const Inputs& inputs, const CallOptions& options) = 0;
  /// The call that began last and did not end yet has ended. **Returns** what its caller gets: these outputs, or others
  /// that stand for them.
  virtual Outputs call_ends(const Outputs& outputs) = 0;
  /// It threw.
  virtual void call_fails() noexcept = 0;

 private:
  CallObserver* outer_;
};

}  // namespace cornu
