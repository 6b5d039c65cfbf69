#pragma once

#include "framework/backends/cuda/cudnn.h"

namespace cornu::test {

/// cuDNN in plain loops, for the emulated card: what its documentation says of the calls that cornu makes.
cuda::Cudnn emulated_cudnn();

}  // namespace cornu::test
