#pragma once

#include <vector>

#include "framework/backends/cuda/conv_problem.h"
#include "framework/backends/cuda/cudnn_descriptor.h"

namespace cornu::cuda {

/// What stands for the operands of a convolution in its graph.
enum ConvOperand : std::int64_t { kConvX = 1, kConvKernel, kConvY, kConvBias, kConvAddend };

/// The operation graph of a convolution: its parts, and at the end the graph, finalised. Empty where cuDNN does not
/// support it. **Throws** Error.
///
/// With a bias it is conv -> (add addend) -> add bias -> (relu), the only form with anything behind the convolution for
/// which cuDNN has fast engines: for other orders, other activations, or without a bias it has none but its slowest.
std::vector<CudnnDescriptor> conv_graph(const Cudnn& cudnn, cudnnHandle_t handle, const ConvProblem& problem);

}  // namespace cornu::cuda
