#pragma once

#include <cstddef>

#include "framework/backends/cuda/cudnn.h"

namespace cornu::test {

/// cuDNN in plain loops, for the emulated card: what its documentation says of the calls that cornu makes.
///
/// Descriptors want all their attributes, of the right types, and are finalised before they are used. Heuristics know
/// a convolution by itself, and a forward one with (addend,) bias and (relu), as the real library does; they name
/// engines that a program may have to pass over, in this order: one whose plans cannot be finalised, one that wants a
/// workspace of a GiB, one on tensor cores, which rounds float32 to TF32, for gradients one that is not deterministic,
/// one with a workspace, which it fills, and as the fallback the slowest.
cuda::Cudnn emulated_cudnn();

/// What was asked of it since the last `reset_cudnn_calls`.
struct CudnnCalls {
  std::size_t searches = 0;    ///< heuristics that were asked
  std::size_t executions = 0;  ///< plans that were put into a stream
  int last_engine = -1;        ///< of what was executed last: EmulatedEngine
};
const CudnnCalls& cudnn_calls();
void reset_cudnn_calls();

enum EmulatedEngine { kBroken, kGreedy, kOnTensorCores, kNotDeterministic, kWithWorkspace, kSlowest };

/// Whether it knows engines for convolutions with something behind them: as it begins, it does.
void set_cudnn_fuses(bool fuses);

}  // namespace cornu::test
