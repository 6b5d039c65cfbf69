#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "framework/executor/program.h"

namespace cornu {

/// The programs used lately, found by a key. Looking one up takes no lock and allocates nothing, so that a thread that
/// must not wait can do it while others add programs; those wait for who still runs what they replace.
class ProgramCache {
  struct Slot;

 public:
  /// A program that stays while this lives. Do not `add` or `clear` meanwhile.
  class Lease {
   public:
    Lease() = default;
    Lease(Lease&& other) noexcept : slot_(std::exchange(other.slot_, nullptr)), program_(other.program_) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (slot_) slot_->readers.fetch_sub(1, std::memory_order_release);
    }

    explicit operator bool() const { return slot_ != nullptr; }
    const Program& operator*() const { return *program_; }
    const Program* operator->() const { return program_; }
    std::shared_ptr<const Program> shared() const { return slot_->owner; }

   private:
    friend class ProgramCache;
    Lease(Slot& slot, const Program& program) : slot_(&slot), program_(&program) {}
    Slot* slot_ = nullptr;
    const Program* program_ = nullptr;
  };

  ProgramCache() = default;
  ProgramCache(const ProgramCache&) = delete;
  ProgramCache& operator=(const ProgramCache&) = delete;

  /// The program that was added under this key and that `matches`; none where there is none.
  template <typename Matches> Lease find(std::uint64_t key, const Matches& matches) const {
    for (Slot& slot : slots_) {
      if (slot.key.load(std::memory_order_relaxed) != key) continue;
      // Whoever replaces the program first takes it out and then looks for readers, or sees this one.
      slot.readers.fetch_add(1, std::memory_order_seq_cst);
      const Program* const program = slot.program.load(std::memory_order_seq_cst);
      if (program && matches(*program)) {
        // Written once for each program added, not with every use: threads do not slow one another down.
        const std::uint64_t now = num_added_.load(std::memory_order_relaxed);
        if (slot.last_used.load(std::memory_order_relaxed) != now) slot.last_used.store(now, std::memory_order_relaxed);
        return Lease(slot, *program);
      }
      slot.readers.fetch_sub(1, std::memory_order_release);
    }
    return {};
  }

  /// Adds a program, in place of the one that was not used for longest where all places are taken.
  void add(std::uint64_t key, std::shared_ptr<const Program> program) const;

  /// Forgets the programs under this key.
  void remove(std::uint64_t key) const;
  /// Forgets all programs.
  void clear() const;

 private:
  static constexpr std::size_t kPlaces = 64;

  struct Slot {
    std::atomic<std::uint64_t> key{0};
    std::atomic<const Program*> program{nullptr};
    std::atomic<int> readers{0};
    std::atomic<std::uint64_t> last_used{0};  // how many programs had been added then
    std::shared_ptr<const Program> owner;     // changed under the lock while there are no readers
  };

  static void forget(Slot& slot);

  mutable std::array<Slot, kPlaces> slots_;
  mutable std::mutex mutex_;
  mutable std::atomic<std::uint64_t> num_added_{0};
};

}  // namespace cornu
