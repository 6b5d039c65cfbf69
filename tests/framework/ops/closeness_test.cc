#include "framework/ops/closeness.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "tests/support/gradient_check.h"
#include "tests/support/patterns.h"

namespace cornu {
namespace {

using test::counted;
using test::wave;

BOOST_AUTO_TEST_SUITE(framework_ops_closeness)

BOOST_AUTO_TEST_CASE(compares_with_tolerance) {
  const Tensor x = Tensor::copy({1.0F, 1.000005F, NAN, INFINITY, INFINITY, 2.0F}, {6});
  const Tensor y = Tensor::copy({1.0F, 1.0F, NAN, INFINITY, -INFINITY, INFINITY}, {6});
  test::check_close(ops::isclose(x, y, {.rtol = 1e-4}),
                    ops::cast(Tensor::copy<std::uint8_t>({1, 1, 0, 1, 0, 0}, {6}), boolean));
  test::check_close(ops::isclose(x, y, {.equal_nan = true}),
                    ops::cast(Tensor::copy<std::uint8_t>({1, 1, 1, 1, 0, 0}, {6}), boolean));
  BOOST_TEST(ops::allclose(counted({3}), counted({3})).item() == 1.0);
  BOOST_TEST(ops::allclose(counted({3}), wave({3})).item() == 0.0);
}

BOOST_AUTO_TEST_CASE(replaces_what_is_not_finite) {
  const Tensor x = Tensor::copy({NAN, INFINITY, -INFINITY, 1.5F}, {4});
  test::check_close(ops::nan_to_num(x), Tensor::copy<float>({0.0F, 3.40282347e+38F, -3.40282347e+38F, 1.5F}, {4}));
  test::check_close(ops::nan_to_num(x, {.nan = 7.0, .posinf = 8.0, .neginf = 9.0}),
                    Tensor::copy<float>({7.0F, 8.0F, 9.0F, 1.5F}, {4}));
  BOOST_TEST(ops::nan_to_num(Tensor::copy({double{INFINITY}}, {})).item() == std::numeric_limits<double>::max());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
