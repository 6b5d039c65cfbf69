#pragma once

#include <array>
#include <cstdint>

namespace cornu {

/// Philox4x32-10: four random words that belong to a counter and a key.
///
/// There is no state to hand on: the words of different counters are independent, so random numbers can be made in any
/// order, by any number of threads, and again. **See**: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
/// easy as 1, 2, 3" (2011); the constants are those of its section 4.3.
constexpr std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t product2 = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<std::uint32_t>(product2 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(product2),
               static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(product0)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

/// The random words of one random state (a seed and the number of the draw), by index of the element they are for.
///
/// All backends share this rule, so that a seed gives the same numbers everywhere. Elements come in groups of 64, which
/// are the words of 16 counters, first word of each, second of each, and so on: vectors of counters are stored as they
/// are.
class RandomStream {
 public:
  constexpr RandomStream(std::int64_t seed, std::int64_t draw)
      : seed_(static_cast<std::uint64_t>(seed)), draw_(static_cast<std::uint64_t>(draw)) {}

  static constexpr std::int64_t kGroup = 64;
  static constexpr std::int64_t kCounters = 16;

  std::uint32_t word(std::int64_t element) const {
    const std::int64_t place = element % kGroup;
    return words(element / kGroup * kCounters + place % kCounters)[static_cast<std::size_t>(place / kCounters)];
  }

  /// The four words of a counter.
  std::array<std::uint32_t, 4> words(std::int64_t counter) const {
    const auto low = static_cast<std::uint64_t>(counter);
    return philox({static_cast<std::uint32_t>(low), static_cast<std::uint32_t>(low >> 32),
                   static_cast<std::uint32_t>(draw_), static_cast<std::uint32_t>(draw_ >> 32)},
                  {static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)});
  }

  std::uint64_t seed() const { return seed_; }
  std::uint64_t draw() const { return draw_; }

 private:
  std::uint64_t seed_;
  std::uint64_t draw_;
};

}  // namespace cornu
