#pragma once

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <string>

#include "framework/error.h"

namespace cornu::testing {

/// Predicate for BOOST_CHECK_EXCEPTION: the message has this text in it.
inline auto says(std::string text) {
  return [text](const Error& error) {
    const bool found = std::string(error.what()).find(text) != std::string::npos;
    if (!found) BOOST_TEST_MESSAGE("the message is: " << error.what());
    return found;
  };
}

/// Every file that is cut short, at up to about 300 places, is a FormatError for `read`, which gets the bytes.
template <typename Read> void check_truncations(const std::string& bytes, Read read) {
  const std::size_t step = bytes.size() / 300 + 1;
  for (std::size_t length = 0; length < bytes.size(); length += step) {
    BOOST_TEST_CONTEXT("cut to " << length << " of " << bytes.size() << " bytes") {
      BOOST_CHECK_THROW(read(bytes.substr(0, length)), FormatError);
    }
  }
}

/// With any of `count` single bits flipped `read` gives a value or a FormatError, nothing else.
template <typename Read> void check_flipped_bits(const std::string& bytes, int count, Read read) {
  // xorshift: the same bits on every machine.
  std::uint64_t state = 88172645463325252ULL;
  for (int i = 0; i < count; ++i) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    std::string flipped = bytes;
    const std::size_t at = (state >> 3) % bytes.size();
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << (state & 7)));
    BOOST_TEST_CONTEXT("bit " << (state & 7) << " of byte " << at) {
      try {
        read(flipped);
      } catch (const FormatError&) {
        // as it should be
      }
    }
  }
}

}  // namespace cornu::testing
