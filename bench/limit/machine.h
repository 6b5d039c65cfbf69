#pragma once

#include <cstddef>

namespace bench {

/// What a step has to move its operands with.
struct Machine {
  std::size_t cache_bytes = 0;  ///< of the last-level caches of the cores that the process may use
  double bytes_per_second = 0;  ///< between them and memory
};

/// Looks at the caches, and measures memory with that many threads, as the best of several passes over much more than
/// the caches hold: reading, and copying, which moves three times the bytes (what is overwritten is fetched first). The
/// faster of the two counts.
Machine measured_machine(int threads);

}  // namespace bench
