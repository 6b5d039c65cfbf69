#include "framework/origin.h"

#include <atomic>

namespace cornu {
namespace {

std::uint64_t next_sequence() {
  static std::atomic<std::uint64_t> counter{0};
  return counter.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

Origin::Origin() : sequence_(next_sequence()) {}

}  // namespace cornu
