#include "framework/ops/move_axes.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "tests/support/gradient_check.h"
#include "tests/support/patterns.h"

namespace cornu {
namespace {

using test::counted;

BOOST_AUTO_TEST_SUITE(framework_ops_move_axes)

BOOST_AUTO_TEST_CASE(moves_axes) {
  test::check_close(
      ops::swapaxes(counted({2, 3, 4}), 0, -1),
      Tensor::copy<float>({0.0F, 12.0F, 4.0F, 16.0F, 8.0F,  20.0F, 1.0F, 13.0F, 5.0F, 17.0F, 9.0F,  21.0F,
                           2.0F, 14.0F, 6.0F, 18.0F, 10.0F, 22.0F, 3.0F, 15.0F, 7.0F, 19.0F, 11.0F, 23.0F},
                          {4, 3, 2}));
  test::check_close(
      ops::moveaxis(counted({2, 3, 4}), 0, -1),
      Tensor::copy<float>({0.0F, 12.0F, 1.0F, 13.0F, 2.0F, 14.0F, 3.0F, 15.0F, 4.0F,  16.0F, 5.0F,  17.0F,
                           6.0F, 18.0F, 7.0F, 19.0F, 8.0F, 20.0F, 9.0F, 21.0F, 10.0F, 22.0F, 11.0F, 23.0F},
                          {3, 4, 2}));
  test::check_close(
      ops::moveaxis(counted({2, 3, 4}), {2, 0}, {0, 1}),
      Tensor::copy<float>({0.0F, 4.0F, 8.0F,  12.0F, 16.0F, 20.0F, 1.0F, 5.0F, 9.0F,  13.0F, 17.0F, 21.0F,
                           2.0F, 6.0F, 10.0F, 14.0F, 18.0F, 22.0F, 3.0F, 7.0F, 11.0F, 15.0F, 19.0F, 23.0F},
                          {4, 2, 3}));
  test::check_close(ops::ravel(counted({2, 3})), Tensor::copy<float>({0.0F, 1.0F, 2.0F, 3.0F, 4.0F, 5.0F}, {6}));
  BOOST_CHECK_THROW(ops::moveaxis(counted({2, 3}), {0, 0}, {0, 1}), InvalidArgument);
  BOOST_CHECK_THROW(ops::swapaxes(counted({2, 3}), 0, 2), ShapeError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
