#pragma once

#include <vector>

#include "layers/call_context.h"
#include "layers/layer.h"

namespace cornu {

/// While one lives, it is told of the layers that this thread makes and calls, calls within calls included. How a trace
/// learns which layers a `call()` calls, and a graph what to call its operations.
class CallObserver {
 public:
  CallObserver();
  CallObserver(const CallObserver&) = delete;
  CallObserver& operator=(const CallObserver&) = delete;
  virtual ~CallObserver();

  /// Those of this thread, the innermost last.
  static const std::vector<CallObserver*>& of_this_thread();

  /// A layer was made.
  virtual void made(const LayerPtr&) {}
  /// The layer is built and about to be called.
  virtual void call_begins(const LayerPtr& layer, const Inputs& inputs, const CallOptions& options) = 0;
  /// The call that began last and did not end yet has ended. **Returns** what its caller gets: these outputs, or others
  /// that stand for them.
  virtual Outputs call_ends(const Outputs& outputs) = 0;
  /// It threw.
  virtual void call_fails() noexcept = 0;
};

}  // namespace cornu
