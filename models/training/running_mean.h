#pragma once

#include "framework/variable.h"

namespace cornu {

/// A weighted mean gathered over the batches of an epoch, as part of the traced step.
class RunningMean {
 public:
  RunningMean();
  void update(const Tensor& value, const Tensor& weight) const;
  /// 0 before the first update.
  Tensor result() const;
  void reset() const;

 private:
  Variable total_;
  Variable count_;
};

}  // namespace cornu
