#include "framework/ops/search.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "tests/support/gradient_check.h"
#include "tests/support/patterns.h"

namespace cornu {
namespace {

using test::counted;
using test::message_of;

BOOST_AUTO_TEST_SUITE(framework_ops_search)

BOOST_AUTO_TEST_CASE(searches) {
  const Tensor sorted = Tensor::copy<float>({1.0F, 2.0F, 2.0F, 4.0F}, {4});
  const Tensor values = Tensor::copy<float>({0.0F, 2.0F, 3.0F, 9.0F}, {2, 2});
  test::check_close(ops::searchsorted(sorted, values), Tensor::copy<std::int32_t>({0, 1, 3, 4}, {2, 2}));
  test::check_close(ops::searchsorted(sorted, values, "right"), Tensor::copy<std::int32_t>({0, 3, 3, 4}, {2, 2}));
  test::check_close(ops::digitize(values, sorted), Tensor::copy<std::int32_t>({0, 3, 3, 4}, {2, 2}));
  BOOST_TEST(message_of<InvalidArgument>([&] { ops::searchsorted(sorted, values, "up"); }) ==
             "searchsorted: side must be \"left\" or \"right\"; got \"up\"");
}

BOOST_AUTO_TEST_CASE(counts) {
  const Tensor x = Tensor::copy<std::int32_t>({1, 3, 1, 0}, {4});
  test::check_close(ops::bincount(x), Tensor::copy<std::int32_t>({1, 2, 0, 1}, {4}));
  test::check_close(ops::bincount(x, {}, 6), Tensor::copy<std::int32_t>({1, 2, 0, 1, 0, 0}, {6}));
  test::check_close(ops::bincount(x, counted({4})), Tensor::copy<float>({3.0F, 2.0F, 0.0F, 1.0F}, {4}));
  test::check_close(ops::bincount(Tensor::copy<std::int32_t>({1, 1, 0, 2}, {2, 2})),
                    Tensor::copy<std::int32_t>({0, 2, 0, 1, 0, 1}, {2, 3}));
  BOOST_CHECK_THROW(ops::bincount(counted({2})), DTypeError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
