#pragma once

#include <cstdint>
#include <string_view>

namespace cornu {

/// Values of fewer bytes stay in the second cache until they are read.
inline constexpr std::int64_t kMinBytesOfMemory = 256 * 1024;

/// What an elementwise operation takes, in vectorised additions. One takes about as long as moving one byte, for cores
/// that share their memory.
std::int64_t additions_of(std::string_view operation);

}  // namespace cornu
