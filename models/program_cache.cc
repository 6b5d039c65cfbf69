#include "models/program_cache.h"

#include <algorithm>
#include <thread>

namespace cornu {

void ProgramCache::add(std::uint64_t key, std::shared_ptr<const Program> program) const {
  const std::lock_guard lock(mutex_);
  // Places that were never used come first: nothing is less lately used.
  Slot& slot = *std::min_element(slots_.begin(), slots_.end(), [](const Slot& a, const Slot& b) {
    return a.last_used.load(std::memory_order_relaxed) < b.last_used.load(std::memory_order_relaxed);
  });
  forget(slot);
  slot.last_used.store(num_added_.fetch_add(1, std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  slot.owner = std::move(program);
  slot.key.store(key, std::memory_order_relaxed);
  slot.program.store(slot.owner.get(), std::memory_order_seq_cst);
}

void ProgramCache::remove(std::uint64_t key) const {
  const std::lock_guard lock(mutex_);
  for (Slot& slot : slots_) {
    if (slot.owner && slot.key.load(std::memory_order_relaxed) == key) forget(slot);
  }
}

void ProgramCache::clear() const {
  const std::lock_guard lock(mutex_);
  for (Slot& slot : slots_) forget(slot);
}

void ProgramCache::forget(Slot& slot) {
  slot.last_used.store(0, std::memory_order_relaxed);
  slot.program.store(nullptr, std::memory_order_seq_cst);
  while (slot.readers.load(std::memory_order_seq_cst) > 0) std::this_thread::yield();
  slot.owner.reset();
}

}  // namespace cornu
