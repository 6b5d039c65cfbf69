#include "framework/ops/l2_normalize.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <vector>

#include "tests/support/gradient_check.h"

namespace cornu {
namespace {

using test::check_gradients;
using test::uniform;

BOOST_AUTO_TEST_SUITE(framework_ops_l2_normalize)

BOOST_AUTO_TEST_CASE(divides_by_the_length_along_the_axes) {
  const Tensor x = Tensor::copy({3.0, 4.0, 0.0, 0.0}, {2, 2});
  const std::vector<double> y = ops::l2_normalize(x, -1).to_vector<double>();
  BOOST_TEST(std::abs(y[0] - 0.6) < 1e-12);
  BOOST_TEST(std::abs(y[1] - 0.8) < 1e-12);
  BOOST_TEST(y[2] == 0.0);
  const std::vector<double> all = ops::l2_normalize(x, {0, 1}).to_vector<double>();
  BOOST_TEST(std::abs(all[0] - 0.6) < 1e-12);
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  check_gradients([](const Tensors& x) { return Tensors{ops::l2_normalize(x[0], 1)}; }, {uniform({3, 4}, 5)});
  check_gradients([](const Tensors& x) { return Tensors{ops::l2_normalize(x[0], {0, 2})}; }, {uniform({2, 3, 4}, 6)});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
