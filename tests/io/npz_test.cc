#include "io/npz.h"

#include <boost/test/unit_test.hpp>
#include <numeric>

#include "framework/error.h"
#include "io/npy.h"
#include "tests/io/malformed.h"
#include "tests/io/scratch_folder.h"

using namespace cornu;
using namespace cornu::testing;

BOOST_AUTO_TEST_SUITE(io_npz)

// All hold 0 .. 5 in shape (2, 3), in NumPy's types and byte orders.
BOOST_AUTO_TEST_CASE(reads_every_type_numpy_writes) {
  const std::vector<std::pair<std::string, DType>> expected{
      {"f2", float16}, {"f4", float32}, {"f8", float64}, {">f4", float32}, {">f8", float64},
      {"i1", int8},    {"i2", int32},   {"i4", int32},   {"i8", int64},    {"u1", uint8},
      {"u2", int32},   {"u4", uint32},  {"u8", int64},   {">i2", int32},   {">u8", int64}};
  for (const char* file : {"stored.npz", "deflated.npz"}) {
    const io::NamedTensors arrays = io::read_npz(fixture(file));
    BOOST_REQUIRE(arrays.size() == expected.size() + 5);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      BOOST_TEST_CONTEXT(file << " " << expected[i].first) {
        BOOST_TEST(arrays[i].first == expected[i].first);
        BOOST_TEST((arrays[i].second.spec() == TensorSpec{{2, 3}, expected[i].second}));
        BOOST_TEST(arrays[i].second.to_vector<double>() == (std::vector<double>{0, 1, 2, 3, 4, 5}),
                   boost::test_tools::per_element());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(reads_bools_odd_shapes_and_fortran_order) {
  const io::NamedTensors arrays = io::read_npz(fixture("stored.npz"));
  const auto find = [&](const std::string& name) {
    for (const auto& [key, values] : arrays) {
      if (key == name) return values;
    }
    BOOST_FAIL("there is no " + name);
    return Tensor();
  };
  BOOST_TEST((find("bool").dtype() == boolean));
  BOOST_TEST(find("bool").to_vector<int>() == (std::vector<int>{0, 1, 0, 1, 0, 1}), boost::test_tools::per_element());
  BOOST_TEST(find("scalar").shape().to_string() == "()");
  BOOST_TEST(find("one").shape().to_string() == "(1,)");
  BOOST_TEST(find("empty").shape().to_string() == "(0, 3)");
  std::vector<float> counted(24);
  std::iota(counted.begin(), counted.end(), 0.f);
  BOOST_TEST(find("fortran").shape().to_string() == "(2, 3, 4)");
  BOOST_TEST(find("fortran").to_vector<float>() == counted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_written_comes_back_in_order) {
  const ScratchFolder folder;
  const io::NamedTensors arrays{{"zeta", Tensor::copy<float>({1, 2}, {2})},
                                {"layer/kernel:0", Tensor::copy<std::int64_t>({3}, {})}};
  io::write_npz(folder / "a.npz", arrays);
  const io::NamedTensors back = io::read_npz(folder / "a.npz");
  BOOST_REQUIRE(back.size() == 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    BOOST_TEST(back[i].first == arrays[i].first);
    BOOST_TEST(io::npy_bytes(back[i].second) == io::npy_bytes(arrays[i].second));
  }
  BOOST_TEST(folder.num_files() == 1u);
}

BOOST_AUTO_TEST_CASE(refuses_members_that_are_no_arrays) {
  BOOST_CHECK_EXCEPTION(io::read_npz(fixture("plain.zip")), FormatError, says("got member 'folder/b.txt'"));
  BOOST_CHECK_EXCEPTION(io::read_npz(fixture("float32.npy")), FormatError, says("expected a ZIP archive"));
}

BOOST_AUTO_TEST_CASE(damaged_files_give_an_error_or_a_value) {
  const ScratchFolder folder;
  const auto read = [&](const std::string& bytes) {
    put(folder / "a.npz", bytes);
    io::read_npz(folder / "a.npz");
  };
  for (const char* name : {"stored.npz", "deflated.npz"}) {
    const std::string bytes = contents_of(fixture(name));
    check_truncations(bytes, read);
    check_flipped_bits(bytes, 500, read);
  }
}

BOOST_AUTO_TEST_SUITE_END()
