#pragma once

#include "framework/backends/cuda/cudnn.h"
#include "framework/backends/cuda/nvrtc.h"
#include "framework/backends/cuda/or_reason.h"

namespace cornu::test {

/// This machine's cuDNN, the real one, for a card that need not be there: it finds plans, and cannot run them. Handles
/// are not looked at. All that were given out are for the card that was asked for last. Or why there is none.
cuda::OrReason<cuda::Cudnn> cudnn_without_card(cuda::ComputeCapability capability);

}  // namespace cornu::test
