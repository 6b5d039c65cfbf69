#pragma once

#include <cstdint>
#include <string>

#include "bench/limit/machine.h"

namespace bench {

/// What the command line asks for.
struct LimitOptions {
  std::string workload;  ///< empty: all
  int threads = 2;
  std::int64_t batch_factor = 1;
  double seconds = 0.02;     ///< for each step by itself
  std::size_t cache_mb = 0;  ///< of the last-level cache; 0: as much as the system says
  bool every_step = false;   ///< list the steps of a group too
  bool summary = false;      ///< one line of JSON instead of the table
};

/// States whose table the next model makes, and on which machine.
///
/// The workloads are those of cornu-bench, from the same sources. They hand their models to `train` and `infer`
/// (workloads.h), which here take programs apart instead of timing steps.
void begin_table(const std::string& workload, const LimitOptions& options, const Machine& machine);

}  // namespace bench
