#pragma once

#include <unistd.h>

#include <cstdint>

namespace cornu::onednn {

/// Floats that a core's second cache holds; half a megabyte where the machine does not say.
inline std::int64_t second_cache_floats() {
#ifdef _SC_LEVEL2_CACHE_SIZE
  static const std::int64_t bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
#else
  static const std::int64_t bytes = 0;
#endif
  constexpr std::int64_t kUsual = 1 << 19;
  return (bytes > 0 ? bytes : kUsual) / static_cast<std::int64_t>(sizeof(float));
}

}  // namespace cornu::onednn
