#include "framework/ops/stop_gradient.h"

#include <boost/test/unit_test.hpp>

#include "framework/autodiff/gradient_tape.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/reduce.h"

using namespace cornu;

BOOST_AUTO_TEST_SUITE(framework_ops_stop_gradient)

BOOST_AUTO_TEST_CASE(the_value_is_a_constant_for_gradients) {
  const Tensor x = Tensor::copy({2.0F, 3.0F}, {2});
  const GradientTape tape;
  const Tensor y = ops::sum(x * ops::stop_gradient(x));
  BOOST_TEST(y.item() == 13.0);
  // Of x * x the gradient would be 2 x.
  const std::vector<double> gradient = tape.gradient(y, x).to_vector<double>();
  BOOST_TEST(gradient == (std::vector<double>{2, 3}), boost::test_tools::per_element());
  BOOST_TEST(!tape.gradient(ops::sum(ops::stop_gradient(x)), x).defined());
}

BOOST_AUTO_TEST_SUITE_END()
