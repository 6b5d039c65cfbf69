#pragma once

#include <cstddef>
#include <vector>

#include "framework/backends/cuda/launch.h"
#include "framework/kernel.h"

namespace cornu::cuda {

/// Launches, and the scratch memory they need behind the offset they were given.
struct ScratchLaunches {
  std::vector<Launch> launches;
  std::size_t scratch_bytes = 0;
};

/// The launches of an operation for a kernel of which it is a part, with operands that lie where that kernel says.
/// **Throws** std::logic_error where the operation has no kernel of launches alone.
ScratchLaunches operation_launches(const KernelRequest& request, const std::vector<Launch::Operand>& inputs,
                                   const std::vector<Launch::Operand>& outputs, std::size_t scratch_offset);

}  // namespace cornu::cuda
