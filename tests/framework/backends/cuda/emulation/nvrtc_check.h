#pragma once

#include <string>
#include <vector>

#include "framework/attributes.h"
#include "framework/backends/cuda/nvrtc.h"
#include "framework/tensor.h"

namespace cornu::test {

/// NVRTC compiles every launch of the card's kernel for an operation. Skipped, with a message, where there is no NVRTC
/// or it does not know a card.
void check_nvrtc_compiles(const std::string& operation, const Attributes& attributes, const TensorSpecs& inputs,
                          const std::vector<cuda::ComputeCapability>& capabilities = {{9, 0}});

/// The same where no rule says what comes out.
void check_nvrtc_compiles(const std::string& operation, const Attributes& attributes, const TensorSpecs& inputs,
                          const TensorSpecs& outputs, const std::vector<cuda::ComputeCapability>& capabilities);

/// For sm_90, and for sm_80 and sm_100 where `all` is true.
void check_compiles(const std::string& operation, const Attributes& attributes, const TensorSpecs& inputs,
                    bool all = false);

}  // namespace cornu::test
