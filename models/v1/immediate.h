#pragma once

namespace cornu::v1 {

/// While one lives, old-style code on this thread works on values: every function computes at once, and nothing joins a
/// graph. The function of a ScopedLayer always runs so. **See**: eager execution in TensorFlow 2.
class ImmediateScope {
 public:
  ImmediateScope();
  ImmediateScope(const ImmediateScope&) = delete;
  ImmediateScope& operator=(const ImmediateScope&) = delete;
  ~ImmediateScope();
  static bool active();
};

}  // namespace cornu::v1
