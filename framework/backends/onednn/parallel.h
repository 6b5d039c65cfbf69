#pragma once

#include <cstdint>

namespace cornu::onednn {

/// Work, in elements touched, below which a second thread costs more than it saves: some microseconds of a fork.
inline constexpr std::int64_t kParallelWork = 32768;

/// Calls `f(i)` for i in [0, count), on several threads where `work` (elements touched in all) is worth it.
template <typename F> void parallel_for(std::int64_t count, std::int64_t work, const F& f) {
  if (count <= 1 || work < kParallelWork) {
    for (std::int64_t i = 0; i < count; ++i) f(i);
    return;
  }
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < count; ++i) f(i);
}

}  // namespace cornu::onednn
