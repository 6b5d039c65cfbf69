#pragma once

#include <omp.h>

namespace cornu::test {

/// `omp_set_num_threads`, but one thread under ThreadSanitizer: to it the barriers of libgomp, which is not
/// instrumented, are missing, so that every loop on several of its threads would be reported.
inline void set_num_threads(int count) {
#ifdef __SANITIZE_THREAD__
  count = 1;
#endif
  omp_set_num_threads(count);
}

}  // namespace cornu::test
