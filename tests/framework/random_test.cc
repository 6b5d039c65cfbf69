#include "framework/random.h"

#include <boost/test/unit_test.hpp>

namespace cornu {
namespace {

using Words = std::array<std::uint32_t, 4>;

BOOST_AUTO_TEST_SUITE(framework_random)

// The known-answer vectors that the authors of Philox publish with Random123, for philox4x32 with 10 rounds.
BOOST_AUTO_TEST_CASE(philox_gives_the_known_answers) {
  constexpr std::uint32_t kOnes = 0xFFFFFFFF;
  BOOST_CHECK((philox({0, 0, 0, 0}, {0, 0}) == Words{0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8}));
  BOOST_CHECK(
      (philox({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}) == Words{0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD}));
  BOOST_CHECK((philox({0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344}, {0xA4093822, 0x299F31D0}) ==
               Words{0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1}));
}

BOOST_AUTO_TEST_CASE(elements_of_a_group_are_the_words_of_its_counters) {
  const RandomStream stream(7, 3);
  for (std::int64_t counter : {0, 5, 15, 16, 1000}) {
    const Words words = stream.words(counter);
    const std::int64_t first = counter / 16 * 64 + counter % 16;
    for (std::int64_t i = 0; i < 4; ++i) BOOST_TEST(stream.word(first + 16 * i) == words[static_cast<std::size_t>(i)]);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
