#pragma once

#include <cornu/cornu.h>

namespace bench {

/// Floating-point operations of a step, a multiplication and an addition counted as two: of products, convolutions and
/// recurrences, from their shapes. 0 where that is not known or not what counts.
double work_of(const cornu::StepProfile& step);

}  // namespace bench
