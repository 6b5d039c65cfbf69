#include "io/npy.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "tests/io/malformed.h"
#include "tests/io/scratch_folder.h"

using namespace cornu;
using namespace cornu::testing;

namespace {

Tensor read_bytes(const std::string& bytes) { return io::read_npy(*io::open_memory(bytes, "'test.npy'")); }

// A file of version 1 with this header and these numbers.
std::string npy(std::string header, const std::string& numbers) {
  header += '\n';
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header + numbers;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(io_npy)

BOOST_AUTO_TEST_CASE(reads_what_numpy_writes) {
  for (const char* name : {"float32.npy", "version2.npy", "version3.npy"}) {
    const Tensor values = io::read_npy(fixture(name));
    BOOST_TEST(values.spec().to_string() == "(2, 3) float32");
    BOOST_TEST(values.to_vector<float>() == (std::vector<float>{0, 1, 2, 3, 4, 5}), boost::test_tools::per_element());
  }
  const Tensor scalar = io::read_npy(fixture("scalar.npy"));
  BOOST_TEST(scalar.shape().to_string() == "()");
  BOOST_TEST(scalar.item() == 2.5);
}

BOOST_AUTO_TEST_CASE(writes_what_numpy_writes) {
  for (const char* name : {"float32.npy", "int64.npy", "scalar.npy"}) {
    BOOST_TEST(io::npy_bytes(io::read_npy(fixture(name))) == contents_of(fixture(name)));
  }
}

BOOST_AUTO_TEST_CASE(every_dtype_and_odd_shapes_come_back) {
  const ScratchFolder folder;
  for (const DType dtype : {float32, float64, float16, int8, int32, int64, uint8, uint32, boolean}) {
    for (const Shape& shape : {Shape{}, Shape{1}, Shape{0}, Shape{3, 0, 2}, Shape{2, 3, 4}}) {
      const Tensor values = Tensor::empty(shape, dtype);
      auto* bytes = static_cast<unsigned char*>(values.raw());
      for (std::size_t i = 0; i < values.num_bytes(); ++i)
        bytes[i] = dtype == boolean ? i % 2 : static_cast<unsigned char>(i);
      io::write_npy(folder / "a.npy", values);
      const Tensor back = io::read_npy(folder / "a.npy");
      BOOST_TEST((back.spec() == values.spec()));
      BOOST_TEST(io::npy_bytes(back) == io::npy_bytes(values));
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_bfloat16) {
  BOOST_CHECK_EXCEPTION(io::npy_bytes(Tensor::empty({2}, bfloat16)), DTypeError, says("Cast to float32"));
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_array_of_numbers) {
  BOOST_CHECK_EXCEPTION(io::read_npy(fixture("objects.npy")), FormatError, says("pickled Python objects"));
  BOOST_CHECK_EXCEPTION(io::read_npy(fixture("records.npy")), FormatError, says("got one of records"));
  BOOST_CHECK_EXCEPTION(io::read_npy(fixture("text.npy")), FormatError, says("got the NumPy type '<U1'"));
  BOOST_CHECK_EXCEPTION(io::read_npy(fixture("beyond.npy")), FormatError, says("expected numbers below 2^63"));
  BOOST_CHECK_EXCEPTION(io::read_npy(fixture("python.json")), FormatError, says("got a file of another format"));
  BOOST_CHECK_EXCEPTION(io::read_npy("tests/io/fixtures"), FormatError, says("expected a regular file"));
  BOOST_CHECK_EXCEPTION(io::read_npy("none.npy"), FormatError,
                        says("'none.npy': cannot open the file: No such file or directory"));
}

BOOST_AUTO_TEST_CASE(refuses_headers_that_claim_too_much) {
  BOOST_CHECK_EXCEPTION(
      read_bytes(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,), }", "1234")), FormatError,
      says("expected 4000000000000 bytes of numbers for shape (1000000000000,); got 4"));
  BOOST_CHECK_THROW(
      read_bytes(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", "")),
      FormatError);
  BOOST_CHECK_THROW(read_bytes(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "1234")), FormatError);
  BOOST_CHECK_THROW(
      read_bytes(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4611686018427387904, 4), }", "")),
      FormatError);
  BOOST_CHECK_THROW(read_bytes(npy("{'descr': '<f4', 'shape': (1,), }", "1234")), FormatError);
  BOOST_CHECK_THROW(read_bytes(npy("{'descr': '', 'fortran_order': False, 'shape': (1,), }", "1234")), FormatError);
}

BOOST_AUTO_TEST_CASE(damaged_files_give_an_error_or_a_value) {
  for (const char* name : {"float32.npy", "version2.npy"}) {
    const std::string bytes = contents_of(fixture(name));
    check_truncations(bytes, read_bytes);
    check_flipped_bits(bytes, 2000, read_bytes);
  }
}

BOOST_AUTO_TEST_SUITE_END()
