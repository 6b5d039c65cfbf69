#pragma once

#include "framework/backends/cuda/conv_launches.h"
#include "framework/backends/cuda/conv_problem.h"
#include "framework/backends/cuda/launch.h"

namespace cornu::cuda {

/// Whether every channel has filters of its own, over a window of a size that `depthwise_launches` serves. cuDNN has
/// but its slowest engine for most of these.
bool is_depthwise(const ConvProblem& problem);

/// Generated kernels for it: from x, or y for x's gradient, and Keras' kernel, or y for the kernel's gradient, which is
/// as Keras has it.
ScratchLaunches depthwise_launches(const ConvProblem& problem, Launch::Operand first, Launch::Operand second,
                                   Launch::Operand result, std::size_t scratch_offset);

}  // namespace cornu::cuda
