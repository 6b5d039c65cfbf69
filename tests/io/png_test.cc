#include "io/png.h"

#include <zlib.h>

#include <boost/test/unit_test.hpp>
#include <numeric>

#include "framework/error.h"
#include "tests/io/malformed.h"

using namespace cornu;
using namespace cornu::testing;

namespace {

std::uint32_t big_endian_at(const std::string& bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes.at(at + i));
  return number;
}

struct Chunk {
  std::string type;
  std::string data;
};

// The chunks of a PNG file; checks the signature and each checksum.
std::vector<Chunk> chunks_of(const std::string& png) {
  BOOST_REQUIRE(png.substr(0, 8) == "\x89PNG\r\n\x1a\n");
  std::vector<Chunk> chunks;
  for (std::size_t at = 8; at < png.size();) {
    const std::size_t length = big_endian_at(png, at);
    const std::string checked = png.substr(at + 4, length + 4);
    const auto crc = crc32(0, reinterpret_cast<const Bytef*>(checked.data()), static_cast<uInt>(checked.size()));
    BOOST_TEST(big_endian_at(png, at + 8 + length) == crc);
    chunks.push_back({checked.substr(0, 4), checked.substr(4)});
    at += 12 + length;
  }
  return chunks;
}

std::string unpacked(const std::string& packed, std::size_t size) {
  std::string data(size, '\0');
  uLongf length = size;
  BOOST_TEST(uncompress(reinterpret_cast<Bytef*>(data.data()), &length, reinterpret_cast<const Bytef*>(packed.data()),
                        static_cast<uLong>(packed.size())) == Z_OK);
  data.resize(length);
  return data;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(io_png)

BOOST_AUTO_TEST_CASE(holds_the_pixels_of_each_kind_of_image) {
  const std::vector<char> colour_types = {0, 4, 2, 6};
  for (std::int64_t channels = 1; channels <= 4; ++channels) {
    BOOST_TEST_CONTEXT(channels << " channels") {
      std::vector<std::uint8_t> pixels(static_cast<std::size_t>(2 * 3 * channels));
      std::iota(pixels.begin(), pixels.end(), std::uint8_t{240});  // passes 255
      const std::vector<Chunk> chunks = chunks_of(io::encode_png(Tensor::copy(pixels, {2, 3, channels})));
      BOOST_REQUIRE(chunks.size() == 3u);
      BOOST_TEST(chunks[0].type == "IHDR");
      BOOST_TEST(big_endian_at(chunks[0].data, 0) == 3u);
      BOOST_TEST(big_endian_at(chunks[0].data, 4) == 2u);
      const std::string kind{8, colour_types[static_cast<std::size_t>(channels - 1)], 0, 0, 0};
      BOOST_CHECK(chunks[0].data.substr(8) == kind);
      BOOST_TEST(chunks[1].type == "IDAT");
      const auto middle = pixels.begin() + 3 * channels;
      const std::string rows = std::string(1, '\0') + std::string(pixels.begin(), middle) + std::string(1, '\0') +
                               std::string(middle, pixels.end());
      BOOST_CHECK(unpacked(chunks[1].data, rows.size() + 1) == rows);
      BOOST_TEST(chunks[2].type == "IEND");
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_image) {
  BOOST_CHECK_EXCEPTION(io::encode_png(Tensor::empty({2, 3, 1})), DTypeError, says("expected uint8; got float32"));
  BOOST_CHECK_EXCEPTION(io::encode_png(Tensor::empty({2, 3}, uint8)), ShapeError, says("got (2, 3)"));
  BOOST_CHECK_EXCEPTION(io::encode_png(Tensor::empty({2, 3, 5}, uint8)), ShapeError, says("1 to 4 channels"));
  BOOST_CHECK_EXCEPTION(io::encode_png(Tensor::empty({0, 3, 1}, uint8)), ShapeError, says("got (0, 3, 1)"));
}

BOOST_AUTO_TEST_SUITE_END()
