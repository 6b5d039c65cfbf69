#pragma once

#include "framework/backends/onednn/winograd.h"

namespace cornu::onednn {

enum class ConvolutionPass { kForward, kInputGradient, kKernelGradient };

/// Estimated times of a convolution, in cycles; threads share either evenly.
struct ConvolutionCost {
  double direct;
  double winograd;
};

/// What a convolution costs either way, the transform of a kernel that is not constant included. The figures were
/// fitted to measurements by `cornu-bench-convolutions`, which prints both beside one another.
ConvolutionCost convolution_cost(const WinogradProblem& problem, ConvolutionPass pass, bool constant_kernel);

/// Whether Winograd's way is allowed and clearly faster.
bool winograd_pays(const WinogradProblem& problem, ConvolutionPass pass, bool constant_kernel);

}  // namespace cornu::onednn
