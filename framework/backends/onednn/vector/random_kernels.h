#pragma once

#include <cstdint>

#include "framework/backends/onednn/vector/isa.h"

namespace cornu::onednn {

/// Seed and draw of a random state.
struct RandomKey {
  std::uint64_t seed;
  std::uint64_t draw;
};

/// Each works on whole groups of 64 elements (`RandomStream`), from number `first` on.
struct RandomKernels {
  /// min(low + range * u, top) for uniform u in [0, 1).
  void (*uniform)(RandomKey key, std::int64_t first, std::int64_t groups, float low, float range, float top, float* y);
  void (*normal)(RandomKey key, std::int64_t first, std::int64_t groups, float* y);
  /// x * scale where the word is not below the threshold, else 0.
  void (*dropout)(RandomKey key, std::int64_t first, std::int64_t groups, std::uint32_t threshold, float scale,
                  const float* x, float* y);
};

CORNU_DECLARE_ISA_TABLE(RandomKernels, random_kernels)

}  // namespace cornu::onednn
