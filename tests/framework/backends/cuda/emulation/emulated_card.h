#pragma once

#include <cstddef>
#include <functional>

#include "framework/backends/cuda/libraries.h"
#include "framework/device.h"

namespace cornu::test {

/// A card made of the host, for as long as it lives: "gpu:0" is it, through the same driver calls as a real one.
///
/// Its streams do nothing before somebody waits for them. Its memory has addresses at which the host faults; it holds
/// NaN bytes when it is taken, ends at a page that may not be touched, and is gone when it is given back. Kernels are
/// compiled for the host. cuDNN and cuBLASLt are played by cudnn_emulation.cc and cublas_lt_emulation.cc.
class EmulatedCard {
 public:
  EmulatedCard();
  EmulatedCard(const EmulatedCard&) = delete;
  EmulatedCard& operator=(const EmulatedCard&) = delete;
  ~EmulatedCard();

  /// What was done since the card was made.
  struct Counts {
    std::size_t kernels = 0;  ///< that ran, those of graphs too
    std::size_t graph_launches = 0;
    std::size_t modules = 0;          ///< kernels that were compiled
    std::size_t bytes_allocated = 0;  ///< of its memory, not given back yet
  };
  static const Counts& counts();

  /// How much memory it has.
  static void set_memory(std::size_t bytes);

 private:
  GpuBackend before_;
};

/// What it is used through.
cuda::Libraries emulated_libraries();

// For the libraries that are played.

/// Puts work into a stream, or into the graph that is being recorded there.
void enqueue(CUstream stream, std::function<void()> work);

/// Where memory of the emulated card really is; memory of the host stays as it is.
void* host_address(const void* address);
template <typename T> T* host_address_of(const void* address) { return static_cast<T*>(host_address(address)); }

}  // namespace cornu::test
