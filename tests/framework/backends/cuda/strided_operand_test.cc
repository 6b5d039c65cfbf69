#include "framework/backends/cuda/strided_operand.h"

#include <boost/test/unit_test.hpp>

namespace cornu::cuda {
namespace {

std::string offset(const Shape& operand, const Shape& result) {
  return StridedOperand(operand, result).offset("i", "u");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_strided_operand)

BOOST_AUTO_TEST_CASE(dimensions_are_merged_as_far_as_the_operand_allows) {
  BOOST_TEST(offset({4, 5, 6}, {4, 5, 6}) == "i");
  BOOST_TEST(offset({1, 1}, {4, 5, 6}) == "0u");
  BOOST_TEST(offset({5, 6}, {4, 5, 6}) == "i % 30u");
  BOOST_TEST(offset({4, 5, 1}, {4, 5, 6}) == "i / 6u");
  BOOST_TEST(offset({4, 1, 6}, {4, 5, 6}) == "(i / 30u) * 6u + i % 6u");
  BOOST_TEST(offset({7, 1, 5, 1}, {7, 4, 5, 6}) == "(i / 120u) * 5u + (i / 6u) % 5u");
}

BOOST_AUTO_TEST_CASE(packs_lie_within_the_innermost_dimension) {
  const auto is_contiguous = [](const Shape& operand, const Shape& result) {
    return StridedOperand(operand, result).is_contiguous(4);
  };
  BOOST_TEST(is_contiguous({6}, {6}));
  BOOST_TEST(is_contiguous({8}, {3, 8}));
  BOOST_TEST(!is_contiguous({6}, {3, 6}));
  BOOST_TEST(is_contiguous({3, 1, 8}, {3, 5, 8}));
  BOOST_TEST(!is_contiguous({3, 1}, {3, 8}));
  BOOST_TEST(!is_contiguous({}, {8}));
}

BOOST_AUTO_TEST_CASE(one_element_stands_for_packs_within_its_run) {
  const auto is_constant = [](const Shape& operand, const Shape& result) {
    return StridedOperand(operand, result).is_constant(4);
  };
  BOOST_TEST(is_constant({}, {6}));
  BOOST_TEST(is_constant({3, 1}, {3, 8}));
  BOOST_TEST(!is_constant({3, 1}, {3, 6}));
  BOOST_TEST(!is_constant({8}, {3, 8}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::cuda
