#include "framework/ops/heaviside.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "tests/support/gradient_check.h"
#include "tests/support/patterns.h"

namespace cornu {
namespace {

BOOST_AUTO_TEST_SUITE(framework_ops_heaviside)

BOOST_AUTO_TEST_CASE(steps_at_zero) {
  test::check_close(ops::heaviside(Tensor::copy({-1.0F, 0.0F, 2.0F}, {3}), 0.5),
                    Tensor::copy<float>({0.0F, 0.5F, 1.0F}, {3}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
