#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "framework/elementwise_program.h"
#include "framework/tensor.h"

namespace cornu::cuda {

/// CUDA C++ for one chain of elementwise operations.
struct ChainSource {
  /// chain_functions.cuh and behind it one kernel, `extern "C"`, whose arguments are the addresses of all inputs and
  /// then of all outputs. Any grid computes all elements, as long as it has less than 2^31 threads.
  std::string text;
  /// How many elements a thread takes at once where all addresses allow it, which the kernel finds out; otherwise, and
  /// at the end, it takes one. A grid of (elements / this) threads keeps all of them busy once.
  int elements_per_thread;
};

/// The kernel for a chain: inputs are read once and outputs written once, all between them stays in registers.
///
/// float32, float16, bfloat16 and bool are computed in float32 and rounded by casts and when stored, float64 in
/// float64; integers are added, compared and the like, and wrap around. An output may be the memory of an input of the
/// same shape and element size.
///
/// `name` is that of the kernel, a C++ identifier. Nothing where a chain does arithmetic on bools, has an
/// operation without a device function for its dtype, more operands than a kernel takes, or no element.
std::optional<ChainSource> chain_source(const ElementwiseProgram& program, std::span<const TensorSpec> inputs,
                                        std::span<const TensorSpec> outputs, const std::string& name);

}  // namespace cornu::cuda
