#include "framework/ops/hypot.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "tests/support/gradient_check.h"
#include "tests/support/patterns.h"

namespace cornu {
namespace {

BOOST_AUTO_TEST_SUITE(framework_ops_hypot)

BOOST_AUTO_TEST_CASE(has_no_overflow) {
  test::check_close(
      ops::hypot(Tensor::copy({3.0F, 0.0F, 3e38F, -INFINITY}, {4}), Tensor::copy({-4.0F, 0.0F, 0.0F, 1.0F}, {4})),
      Tensor::copy<float>({5.0F, 0.0F, 3.00000001e+38F, INFINITY}, {4}));
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  test::check_gradients([](const Tensors& x) -> Tensors { return {ops::hypot(x[0], x[1])}; },
                        {test::uniform({5}, 1, 0.1, 1.0), test::uniform({5}, 2, -2.0, -1.1)});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
