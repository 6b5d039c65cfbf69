#pragma once

#include <string>
#include <vector>

#include "framework/attributes.h"
#include "framework/backends/cuda/nvrtc.h"
#include "framework/tensor.h"

namespace cornu::test {

inline const std::vector<cuda::ComputeCapability> kHopper{{9, 0}};
inline const std::vector<cuda::ComputeCapability> kEveryCard{{8, 0}, {9, 0}, {10, 0}};  // Ampere, Hopper, Blackwell

/// NVRTC compiles every launch of the card's kernel for an operation. Skipped, with a message, where there is no NVRTC
/// or it does not know a card.
void check_nvrtc_compiles(const std::string& operation, const Attributes& attributes, const TensorSpecs& inputs,
                          const std::vector<cuda::ComputeCapability>& capabilities = kHopper);

/// The same where no rule says what comes out.
void check_nvrtc_compiles(const std::string& operation, const Attributes& attributes, const TensorSpecs& inputs,
                          const TensorSpecs& outputs, const std::vector<cuda::ComputeCapability>& capabilities);

}  // namespace cornu::test
