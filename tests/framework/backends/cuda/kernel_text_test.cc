#include "framework/backends/cuda/kernel_text.h"

#include <boost/test/unit_test.hpp>
#include <cstdint>

namespace cornu::test {

using namespace cornu::cuda;

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_kernel_text)

BOOST_AUTO_TEST_CASE(a_kernel_is_a_call_of_device_code) {
  const std::string statement =
      device_template("move", {2, -3}) + "(" + read_operand("int", 0) + ", " + written_operand("float", 1) + ")";
  const std::string text = kernel_text({"strided_move"}, "using A = int;\n", "copy", 2, statement);
  BOOST_TEST(text.find("struct StridedPlaces") < text.find("using A"));
  BOOST_TEST(text.substr(text.find("using A")) ==
             "using A = int;\nCORNU_KERNEL(copy, 2) {\n  device::move<2, -3>(static_cast<const int*>(operands.at[0]), "
             "static_cast<float*>(operands.at[1]));\n}\n");
}

BOOST_AUTO_TEST_CASE(indices_have_32_bits_where_they_do) {
  BOOST_TEST(index_type(INT32_MAX) == std::string("unsigned int"));
  BOOST_TEST(index_type(std::int64_t{INT32_MAX} + 1) == std::string("unsigned long long"));
}

BOOST_AUTO_TEST_CASE(packs_have_16_bytes_at_most_and_divide_all_sizes) {
  BOOST_TEST(pack_width(DType::kFloat32, {}) == 4);
  BOOST_TEST(pack_width(DType::kFloat32, {8, 12}) == 4);
  BOOST_TEST(pack_width(DType::kFloat32, {8, 6}) == 2);
  BOOST_TEST(pack_width(DType::kBool, {24}) == 8);
  BOOST_TEST(pack_width(DType::kFloat64, {7}) == 1);
  BOOST_TEST(pack_width(DType::kFloat32, {0}) == 4);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
