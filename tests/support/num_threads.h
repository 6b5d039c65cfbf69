#pragma once

#include <omp.h>

#include <algorithm>

namespace cornu::test {

/// So many threads, but one under ThreadSanitizer: to it the barriers of libgomp, which is not instrumented, are
/// missing, so that every loop on several of its threads would be reported.
inline int usable_threads(int count) {
#ifdef __SANITIZE_THREAD__
  return std::min(count, 1);
#else
  return count;
#endif
}

/// `omp_set_num_threads` of those.
inline void set_num_threads(int count) { omp_set_num_threads(usable_threads(count)); }

}  // namespace cornu::test
