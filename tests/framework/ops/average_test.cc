#include "framework/ops/average.h"

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

BOOST_AUTO_TEST_SUITE(framework_ops_average)

BOOST_AUTO_TEST_CASE(averages) {
  test::check_close(ops::average(wave({2, 3})), Tensor::copy<double>({0.10825880235788733}, {}));
  test::check_close(ops::average(wave({2, 3}), 1, counted<double>({3})),
                    Tensor::copy<double>({0.35233631858159203, 0.25442921827998016}, {2}));
  test::check_close(ops::average(wave({2, 3}), 0, counted<double>({2, 3})),
                    Tensor::copy<double>({-0.951602073889516, -0.24577890790247103, 0.4811563312086466}, {3}));
  BOOST_CHECK_THROW(ops::average(wave({2, 3}), 1, wave({2})), ShapeError);
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  test::check_gradients([](const Tensors& x) -> Tensors { return {ops::average(x[0], 1, x[1])}; },
                        {test::uniform({2, 3}, 1), test::uniform({3}, 2, 0.5, 1.0)});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
