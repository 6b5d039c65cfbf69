#include "framework/ops/special.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "framework/ops/exponential.h"
#include "tests/support/gradient_check.h"

namespace cornu {
namespace {

BOOST_AUTO_TEST_SUITE(framework_ops_special)

BOOST_AUTO_TEST_CASE(erfinv_inverts_erf) {
  const Tensor x = test::uniform({1000}, 1, -0.999, 0.999);
  test::check_close(ops::erf(ops::erfinv(x)), x, 1e-9, 1e-9);
  const double infinity = std::numeric_limits<double>::infinity();
  test::check_close(ops::erfinv(Tensor::copy({-1.0, 0.0, 1.0}, {3})), Tensor::copy({-infinity, 0.0, infinity}, {3}));
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  const auto inverse = [](const Tensors& x) -> Tensors { return {ops::erfinv(x[0])}; };
  test::check_gradients(inverse, {test::uniform({7}, 1, -0.9, 0.9)});
  test::check_second_gradients(inverse, {test::uniform({7}, 1, -0.9, 0.9)});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
