#pragma once

#include <cstdint>
#include <optional>

#include "framework/config.h"

namespace cornu::initializers {

/// The seed to use: that of the initializer's options, or else the one the caller drew.
inline std::uint64_t seed_or(const std::optional<std::int64_t>& given, std::uint64_t otherwise) {
  return given ? static_cast<std::uint64_t>(*given) : otherwise;
}

inline Config seed_config(const std::optional<std::int64_t>& seed) { return seed ? Config(*seed) : Config(); }

/// A seed as files hold it: a number, null, or a serialized `SeedGenerator`.
inline std::optional<std::int64_t> seed_from(const Config& config) {
  if (config.is_dict()) return seed_from(config.get("config").get("seed"));
  if (config.is_null()) return {};
  return config.as_int();
}

}  // namespace cornu::initializers
