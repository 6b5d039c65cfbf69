#include "framework/ops/argmax.h"

#include <boost/test/unit_test.hpp>
#include <limits>

#include "framework/error.h"
#include "tests/support/gradient_check.h"
#include "tests/support/message_of.h"

namespace cornu {
namespace {

using test::check_close;

BOOST_AUTO_TEST_SUITE(framework_ops_argmax)

BOOST_AUTO_TEST_CASE(values) {
  const Tensor x = Tensor::copy({1.0F, 7.0F, 3.0F, 7.0F, 0.0F, 6.0F}, {2, 3});
  check_close(ops::argmax(x), Tensor::copy<std::int32_t>({1}, {}));
  check_close(ops::argmax(x, {.axis = -1}), Tensor::copy<std::int32_t>({1, 0}, {2}));
  check_close(ops::argmax(x, {.axis = 0, .keepdims = true}), Tensor::copy<std::int32_t>({1, 0, 1}, {1, 3}));
  check_close(ops::argmin(x, {.axis = 1}), Tensor::copy<std::int32_t>({0, 1}, {2}));
  check_close(ops::argmin(x, {.keepdims = true}), Tensor::copy<std::int32_t>({4}, {1, 1}));
  check_close(ops::argmax(Tensor::copy<std::int64_t>({3, 9}, {2})), Tensor::copy<std::int32_t>({1}, {}));
}

BOOST_AUTO_TEST_CASE(the_first_of_equal_ones_and_nan_above_all) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  check_close(ops::argmax(Tensor::copy({2.0F, 2.0F}, {2})), Tensor::copy<std::int32_t>({0}, {}));
  check_close(ops::argmax(Tensor::copy({2.0F, nan, 3.0F, nan}, {4})), Tensor::copy<std::int32_t>({1}, {}));
  check_close(ops::argmin(Tensor::copy({2.0F, nan, 1.0F}, {3})), Tensor::copy<std::int32_t>({1}, {}));
}

BOOST_AUTO_TEST_CASE(rejects_an_empty_axis) {
  BOOST_TEST(test::message_of<ShapeError>([] {
               (void)ops::argmax(Tensor::empty({2, 0}), {.axis = 1});
             }) == "argmax: expected elements along axis 1; got shape (2, 0)");
  BOOST_CHECK((ops::argmax(Tensor::empty({0, 2}), {.axis = 1}).shape() == Shape{0}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
