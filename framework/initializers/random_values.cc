#include "framework/initializers/random_values.h"

#include <array>
#include <cmath>
#include <numbers>

#include "framework/initializers/fill.h"

namespace cornu::initializers {
namespace {

// Four random words that belong to a counter and a key: Philox4x32-10 (Salmon et al., 2011).
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::uint64_t seed) {
  auto key0 = static_cast<std::uint32_t>(seed);
  auto key1 = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = std::uint64_t{0xD2511F53u} * counter[0];
    const std::uint64_t product1 = std::uint64_t{0xCD9E8D57u} * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key0, static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key1, static_cast<std::uint32_t>(product0)};
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return counter;
}

// Two numbers in [0, 1) with 53 random bits each, for one attempt at one element.
struct Pair {
  double first;
  double second;
};
Pair unit_pair(std::uint64_t seed, std::uint64_t element, std::uint32_t attempt) {
  const auto words =
      philox({static_cast<std::uint32_t>(element), static_cast<std::uint32_t>(element >> 32), attempt, 0}, seed);
  const auto unit = [](std::uint32_t high, std::uint32_t low) {
    return static_cast<double>(((std::uint64_t{high} << 32) | low) >> 11) * 0x1p-53;
  };
  return {unit(words[0], words[1]), unit(words[2], words[3])};
}

// Box and Muller's transformation; 1 - u is never 0.
double normal_at(std::uint64_t seed, std::uint64_t element, std::uint32_t attempt) {
  const Pair u = unit_pair(seed, element, attempt);
  return std::sqrt(-2.0 * std::log(1.0 - u.first)) * std::cos(2.0 * std::numbers::pi * u.second);
}

}  // namespace

Tensor uniform_values(const Shape& shape, DType dtype, double minval, double maxval, std::uint64_t seed) {
  return filled(shape, dtype,
                [=](std::uint64_t i) { return minval + (maxval - minval) * unit_pair(seed, i, 0).first; });
}

Tensor normal_values(const Shape& shape, DType dtype, double mean, double stddev, std::uint64_t seed) {
  return filled(shape, dtype, [=](std::uint64_t i) { return mean + stddev * normal_at(seed, i, 0); });
}

Tensor truncated_normal_values(const Shape& shape, DType dtype, double mean, double stddev, std::uint64_t seed) {
  return filled(shape, dtype, [=](std::uint64_t i) {
    double value = normal_at(seed, i, 0);
    for (std::uint32_t attempt = 1; std::abs(value) > 2.0; ++attempt) value = normal_at(seed, i, attempt);
    return mean + stddev * value;
  });
}

}  // namespace cornu::initializers
