#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>

namespace cornu {

/// Objects that wait to be used by one thread at a time: what a computation works in, so that several threads may run
/// it at once and none allocates in the long run. No locks; each thread finds first what it gave back last.
///
/// As many objects are kept as threads used them at once, at most `kPlaces`.
template <typename T> class IdlePool {
 public:
  IdlePool() = default;
  IdlePool(const IdlePool&) = delete;
  IdlePool& operator=(const IdlePool&) = delete;
  ~IdlePool() { clear(); }

  /// One that waits, or null.
  std::unique_ptr<T> take() const {
    const std::size_t home = home_of_this_thread();
    for (std::size_t i = 0; i < kPlaces; ++i) {
      std::atomic<T*>& place = places_[(home + i) % kPlaces];
      // Looking costs less than an exchange, which takes the line from other threads.
      if (place.load(std::memory_order_relaxed) == nullptr) continue;
      if (T* object = place.exchange(nullptr, std::memory_order_acquire)) return std::unique_ptr<T>(object);
    }
    return nullptr;
  }

  void give_back(std::unique_ptr<T> object) const {
    const std::size_t home = home_of_this_thread();
    for (std::size_t i = 0; i < kPlaces; ++i) {
      T* expected = nullptr;
      if (places_[(home + i) % kPlaces].compare_exchange_strong(expected, object.get(), std::memory_order_release,
                                                                std::memory_order_relaxed)) {
        static_cast<void>(object.release());
        return;
      }
    }
  }

  /// Destroys those that wait.
  void clear() const {
    for (std::atomic<T*>& place : places_) delete place.exchange(nullptr, std::memory_order_acquire);
  }

 private:
  static constexpr std::size_t kPlaces = 32;
  static constexpr std::size_t kPlacesPerLine = 64 / sizeof(std::atomic<T*>);

  // The first threads each have a cache line of their own: they do not slow one another down.
  static std::size_t home_of_this_thread() {
    static std::atomic<std::size_t> num_threads{0};
    thread_local const std::size_t number = num_threads.fetch_add(1, std::memory_order_relaxed);
    return (number * kPlacesPerLine + number / (kPlaces / kPlacesPerLine)) % kPlaces;
  }

  alignas(64) mutable std::array<std::atomic<T*>, kPlaces> places_{};
};

}  // namespace cornu
