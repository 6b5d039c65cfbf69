#include "framework/ops/extract_patches.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "tests/support/gradient_check.h"
#include "tests/support/patterns.h"

namespace cornu {
namespace {

using test::counted;

BOOST_AUTO_TEST_SUITE(framework_ops_extract_patches)

BOOST_AUTO_TEST_CASE(picks_patches_as_tensorflow_does) {
  const Tensor x = counted({1, 4, 5, 2});
  test::check_close(
      ops::extract_patches(x, {2, 3}),
      Tensor::copy<float>({0.0F,  1.0F,  2.0F,  3.0F,  4.0F,  5.0F,  10.0F, 11.0F, 12.0F, 13.0F, 14.0F, 15.0F,
                           20.0F, 21.0F, 22.0F, 23.0F, 24.0F, 25.0F, 30.0F, 31.0F, 32.0F, 33.0F, 34.0F, 35.0F},
                          {1, 2, 1, 12}));
  test::check_close(
      ops::extract_patches(x, {2, 2}, {.strides = {3, 2}, .padding = "same"}),
      Tensor::copy<float>({0.0F,  1.0F,  2.0F,  3.0F,  10.0F, 11.0F, 12.0F, 13.0F, 4.0F,  5.0F,  6.0F,  7.0F,
                           14.0F, 15.0F, 16.0F, 17.0F, 8.0F,  9.0F,  0.0F,  0.0F,  18.0F, 19.0F, 0.0F,  0.0F,
                           30.0F, 31.0F, 32.0F, 33.0F, 0.0F,  0.0F,  0.0F,  0.0F,  34.0F, 35.0F, 36.0F, 37.0F,
                           0.0F,  0.0F,  0.0F,  0.0F,  38.0F, 39.0F, 0.0F,  0.0F,  0.0F,  0.0F,  0.0F,  0.0F},
                          {1, 2, 3, 8}));
  test::check_close(ops::extract_patches(x, {2, 2}, {.strides = {1, 1}, .dilation_rate = {2, 3}}),
                    Tensor::copy<float>({0.0F,  1.0F,  6.0F,  7.0F,  20.0F, 21.0F, 26.0F, 27.0F, 2.0F,  3.0F,  8.0F,
                                         9.0F,  22.0F, 23.0F, 28.0F, 29.0F, 10.0F, 11.0F, 16.0F, 17.0F, 30.0F, 31.0F,
                                         36.0F, 37.0F, 12.0F, 13.0F, 18.0F, 19.0F, 32.0F, 33.0F, 38.0F, 39.0F},
                                        {1, 2, 2, 8}));
  BOOST_TEST(ops::extract_patches(counted({4, 4, 1}), {2, 2}).shape().to_string() == "(2, 2, 4)");
  BOOST_CHECK_THROW(ops::extract_patches(counted({4, 4}), {2, 2}), ShapeError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
