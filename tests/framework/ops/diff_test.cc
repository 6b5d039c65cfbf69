#include "framework/ops/diff.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "tests/support/gradient_check.h"
#include "tests/support/patterns.h"

namespace cornu {
namespace {

using test::wave;

BOOST_AUTO_TEST_SUITE(framework_ops_diff)

BOOST_AUTO_TEST_CASE(subtracts_neighbours) {
  test::check_close(ops::diff(wave({2, 4})),
                    Tensor::copy<double>({0.49442209227399214, -0.9322669684449046, -0.9931827363228065,
                                          1.2076721413164266, 0.24518523503750422, -1.076498614979273},
                                         {2, 3}));
  test::check_close(
      ops::diff(wave({4, 2}), 2, 0),
      Tensor::copy<double>({-0.15442132886001558, 3.5340383773760164, 2.045123581384859, -2.4399020525500736}, {2, 2}));
  test::check_close(ops::diff(wave({1})), Tensor::empty({0}, float64));
  BOOST_CHECK_THROW(ops::diff(wave({2}), -1), InvalidArgument);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
