#include "framework/trainability.h"

#include <atomic>

namespace cornu {
namespace {

std::atomic<std::uint64_t> version{0};

}  // namespace

std::uint64_t trainability_version() { return version.load(std::memory_order_acquire); }

void trainability_changed() { version.fetch_add(1, std::memory_order_acq_rel); }

}  // namespace cornu
