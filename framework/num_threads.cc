#include "framework/num_threads.h"

#include <omp.h>

#include <algorithm>
#include <string>

#include "framework/error.h"

namespace cornu {

int num_threads() { return std::min(omp_get_max_threads(), omp_get_thread_limit()); }

void set_num_threads(int count) {
  if (count < 1) throw InvalidArgument("set_num_threads: expected 1 thread at least; got " + std::to_string(count));
  omp_set_num_threads(std::min(count, omp_get_thread_limit()));
}

}  // namespace cornu
