#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "framework/tensor.h"

namespace cornu {

/// What one step of a Program is and how long it takes. Times are in milliseconds.
struct StepProfile {
  enum class Kind { kOwnKernel, kPrimitive, kPacking, kCopy };
  std::string operation;  ///< such as "fused_conv"; "pack" or "copy" where the compiler put the step there
  Kind kind = Kind::kOwnKernel;
  std::string implementation;  ///< of a primitive, such as "oneDNN brg:avx512_core"
  TensorSpecs inputs;          ///< of what is packed for this step: as it was before
  TensorSpecs outputs;
  std::size_t bytes_read = 0;
  std::size_t bytes_written = 0;
  std::size_t bytes_from_memory = 0;  ///< that are in no cache when the step comes, by the model of memory_traffic.h
  std::size_t bytes_to_memory = 0;    ///< written before, and driven out of the cache by this step
  double in_run_ms = 0;               ///< the median within whole runs
  double alone_ms = 0;  ///< the least, by itself again and again with operands in cache where they fit, or in a run

  /// How long what it moves keeps memory busy.
  double memory_ms(double bytes_per_second) const;
  /// The least it can take within a run: as long as by itself, or as memory needs where that is longer.
  double limit_ms(double bytes_per_second) const;
};

/// Where the time of a Program goes.
struct ProgramProfile {
  std::vector<StepProfile> steps;  ///< in their order; copies at the end of the run last
  double run_ms = 0;               ///< the median of whole runs without a clock between the steps
  std::size_t arena_bytes = 0;
  std::size_t alive_bytes = 0;  ///< the most bytes of the arena that are needed at once

  double sum_in_run_ms() const;
  double sum_alone_ms() const;
  double sum_limit_ms(double bytes_per_second) const;
  /// What a run takes besides its steps.
  double overhead_ms() const { return run_ms - sum_in_run_ms(); }
};

/// How long `Program::profile` measures.
struct ProfileOptions {
  int runs = 20;                   ///< whole runs for each median
  double seconds_per_step = 0.02;  ///< for a step by itself; it runs three times at least
  std::size_t cache_bytes = 0;  ///< of the last-level cache; without one all that a step touches passes through memory
};

}  // namespace cornu
