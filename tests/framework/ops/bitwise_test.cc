#include "framework/ops/bitwise.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "tests/support/gradient_check.h"
#include "tests/support/message_of.h"

namespace cornu {
namespace {

using test::check_close;

BOOST_AUTO_TEST_SUITE(framework_ops_bitwise)

BOOST_AUTO_TEST_CASE(values) {
  const Tensor x = Tensor::copy<std::int32_t>({12, -8}, {2});
  const Tensor y = Tensor::copy<std::int32_t>({10, 1}, {2});
  check_close(ops::bitwise_and(x, y), Tensor::copy<std::int32_t>({8, 0}, {2}));
  check_close(ops::bitwise_or(x, y), Tensor::copy<std::int32_t>({14, -7}, {2}));
  check_close(ops::bitwise_xor(x, y), Tensor::copy<std::int32_t>({6, -7}, {2}));
  check_close(ops::bitwise_not(x), Tensor::copy<std::int32_t>({-13, 7}, {2}));
  check_close(ops::left_shift(x, 1), Tensor::copy<std::int32_t>({24, -16}, {2}));
  check_close(ops::right_shift(x, 2), Tensor::copy<std::int32_t>({3, -2}, {2}));
}

BOOST_AUTO_TEST_CASE(rejects_floating_operands) {
  BOOST_TEST(test::message_of<DTypeError>([] { (void)ops::bitwise_not(Tensor::empty({2})); }) ==
             "bitwise_not: expected integers or bools; got float32. Cast first");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
