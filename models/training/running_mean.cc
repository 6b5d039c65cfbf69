#include "models/training/running_mean.h"

#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"

namespace cornu {

RunningMean::RunningMean()
    : total_(ops::zeros({}), {.name = "total", .trainable = false}),
      count_(ops::zeros({}), {.name = "count", .trainable = false}) {}

void RunningMean::update(const Tensor& value, const Tensor& weight) const {
  const Tensor weight32 = ops::cast(weight, DType::kFloat32);
  total_.assign(total_ + ops::cast(value, DType::kFloat32) * weight32);
  count_.assign(count_ + weight32);
}

Tensor RunningMean::result() const { return ops::divide_no_nan(total_, count_); }

void RunningMean::reset() const {
  total_.assign(ops::zeros({}));
  count_.assign(ops::zeros({}));
}

}  // namespace cornu
