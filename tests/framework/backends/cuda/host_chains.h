#pragma once

#include <span>

// What a kernel finds on a device and the host's compiler has to be told: the place of a thread in the grid. The tests
// run one thread after another.

struct GridPosition {
  unsigned int x = 0;
};
extern GridPosition blockIdx;   // NOLINT: CUDA's names
extern GridPosition threadIdx;  // NOLINT
extern GridPosition blockDim;   // NOLINT
extern GridPosition gridDim;    // NOLINT
#define __global__

namespace cornu::test {

/// The kernel of a ChainCase, compiled for the host.
struct HostChain {
  const char* name;
  void (*run)(void* const* arguments);  ///< one thread; the addresses of inputs, then of outputs
};

/// All of them; generate_host_chains writes the file that defines this.
std::span<const HostChain> host_chains();

}  // namespace cornu::test
