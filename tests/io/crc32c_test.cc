#include "io/crc32c.h"

#include <boost/test/unit_test.hpp>

using namespace cornu;

BOOST_AUTO_TEST_SUITE(io_crc32c)

// RFC 3720, B.4, and the check value of the catalogue of CRC algorithms.
BOOST_AUTO_TEST_CASE(gives_the_published_checksums) {
  BOOST_TEST(io::crc32c("") == 0u);
  BOOST_TEST(io::crc32c("123456789") == 0xE3069283u);
  BOOST_TEST(io::crc32c(std::string(32, '\0')) == 0x8A9136AAu);
  BOOST_TEST(io::crc32c(std::string(32, '\xff')) == 0x62A8AB43u);
}

// By hand: e3069283 rotated right by 15 is 2507c60d; plus a282ead8.
BOOST_AUTO_TEST_CASE(masks_by_rotating_and_adding) { BOOST_TEST(io::masked_crc32c("123456789") == 0xC78AB0E5u); }

BOOST_AUTO_TEST_SUITE_END()
