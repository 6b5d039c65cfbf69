#include "io/idx.h"

#include <boost/test/unit_test.hpp>
#include <numeric>

#include "framework/error.h"
#include "tests/io/malformed.h"
#include "tests/io/scratch_folder.h"

using namespace cornu;
using namespace cornu::testing;
using io::read_idx;

BOOST_AUTO_TEST_SUITE(io_idx)

BOOST_AUTO_TEST_CASE(reads_images_plain_and_gzipped) {
  std::vector<std::uint8_t> counted(24);
  std::iota(counted.begin(), counted.end(), std::uint8_t{0});
  for (const char* name : {"images.idx3-ubyte", "images.idx3-ubyte.gz"}) {
    const Tensor images = read_idx(fixture(name));
    BOOST_TEST(images.spec().to_string() == "(2, 3, 4) uint8");
    BOOST_TEST(images.to_vector<std::uint8_t>() == counted, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(reads_the_other_types) {
  for (const auto& [name, dtype] :
       {std::pair{"i1", int8}, {"i2", int32}, {"i4", int32}, {"f4", float32}, {"f8", float64}}) {
    const Tensor values = read_idx(fixture(std::string(name) + ".idx"));
    BOOST_TEST((values.spec() == TensorSpec{{3}, dtype}));
    BOOST_TEST(values.to_vector<int>() == (std::vector<int>{-1, 0, 2}), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(says_plainly_what_is_wrong) {
  const ScratchFolder folder;
  const std::string images = contents_of(fixture("images.idx3-ubyte"));
  put(folder / "short", images.substr(0, 30));
  BOOST_CHECK_EXCEPTION(
      read_idx(folder / "short"), FormatError,
      says("expected numbers for shape (2, 3, 4), as the header says; the file is too short for them"));
  put(folder / "long", images + "x");
  BOOST_CHECK_EXCEPTION(read_idx(folder / "long"), FormatError, says("it goes on"));
  put(folder / "huge", std::string("\0\0\x08\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 16));
  BOOST_CHECK_EXCEPTION(read_idx(folder / "huge"), FormatError, says("too short"));
  const std::string packed = contents_of(fixture("images.idx3-ubyte.gz"));
  put(folder / "short.gz", packed.substr(0, 40));
  BOOST_CHECK_EXCEPTION(read_idx(folder / "short.gz"), FormatError, says("cannot be unpacked. The file was cut short"));
  BOOST_CHECK_EXCEPTION(read_idx(fixture("python.json")), FormatError,
                        says("expected an IDX file; got another format"));
  BOOST_CHECK_EXCEPTION(read_idx("none"), FormatError, says("No such file or directory"));
}

BOOST_AUTO_TEST_CASE(damaged_files_give_an_error_or_a_value) {
  const ScratchFolder folder;
  const auto read = [&](const std::string& bytes) {
    put(folder / "a", bytes);
    read_idx(folder / "a");
  };
  for (const char* name : {"images.idx3-ubyte", "images.idx3-ubyte.gz"}) {
    const std::string bytes = contents_of(fixture(name));
    check_truncations(bytes, read);
    check_flipped_bits(bytes, 500, read);
  }
}

BOOST_AUTO_TEST_SUITE_END()
