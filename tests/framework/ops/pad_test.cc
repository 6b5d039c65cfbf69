#include "framework/ops/pad.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "tests/support/gradient_check.h"
#include "tests/support/patterns.h"

namespace cornu {
namespace {

using test::counted;
using test::message_of;

BOOST_AUTO_TEST_SUITE(framework_ops_pad)

BOOST_AUTO_TEST_CASE(pads_in_three_modes) {
  test::check_close(
      ops::pad(counted({2, 3}), {{1, 0}, {0, 2}}, {.value = -1.5}),
      Tensor::copy<float>(
          {-1.5F, -1.5F, -1.5F, -1.5F, -1.5F, 0.0F, 1.0F, 2.0F, -1.5F, -1.5F, 3.0F, 4.0F, 5.0F, -1.5F, -1.5F}, {3, 5}));
  test::check_close(ops::pad(counted({2, 3}), {{1, 0}, {2, 1}}, {.mode = "reflect"}),
                    Tensor::copy<float>({5.0F, 4.0F, 3.0F, 4.0F, 5.0F, 4.0F, 2.0F, 1.0F, 0.0F, 1.0F, 2.0F, 1.0F, 5.0F,
                                         4.0F, 3.0F, 4.0F, 5.0F, 4.0F},
                                        {3, 6}));
  test::check_close(
      ops::pad(counted({2, 3}), {{1, 2}, {3, 0}}, {.mode = "symmetric"}),
      Tensor::copy<float>({2.0F, 1.0F, 0.0F, 0.0F, 1.0F, 2.0F, 2.0F, 1.0F, 0.0F, 0.0F, 1.0F, 2.0F, 5.0F, 4.0F, 3.0F,
                           3.0F, 4.0F, 5.0F, 5.0F, 4.0F, 3.0F, 3.0F, 4.0F, 5.0F, 2.0F, 1.0F, 0.0F, 0.0F, 1.0F, 2.0F},
                          {5, 6}));
  test::check_close(ops::pad(counted({2}), {{1, 1}}), Tensor::copy<float>({0.0F, 0.0F, 1.0F, 0.0F}, {4}));
  test::check_close(ops::pad(counted({0, 1}), {{1, 1}, {0, 0}}, {.value = 2.0}),
                    Tensor::copy<float>({2.0F, 2.0F}, {2, 1}));
}

BOOST_AUTO_TEST_CASE(says_what_does_not_fit) {
  BOOST_TEST(message_of<InvalidArgument>([] {
               ops::pad(counted({2}), {{1, 1}}, {.mode = "edge"});
             }) == "pad: mode must be \"constant\", \"reflect\" or \"symmetric\"; got \"edge\"");
  BOOST_TEST(message_of<ShapeError>([] {
               ops::pad(counted({3}), {{3, 0}}, {.mode = "reflect"});
             }) == "pad: expected widths of at most 2 at axis 0 of shape (3,) in mode \"reflect\"; got 3");
  BOOST_TEST(message_of<InvalidArgument>([] {
               ops::pad(counted({3, 3}), {{1, -1}});
             }) ==
             "pad: expected one pair of non-negative widths, or one for each of the 2 axes of shape (3, 3); got a "
             "negative width");
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  for (const char* mode : {"constant", "reflect", "symmetric"}) {
    test::check_second_gradients(
        [&](const Tensors& x) -> Tensors {
          return {ops::pad(x[0], {{1, 0}, {0, 2}, {0, 0}}, {.mode = mode})};
        },
        {test::uniform({2, 3, 2}, 1)});
  }
  test::check_gradients(
      [](const Tensors& x) -> Tensors {
        return {ops::pad(x[0], {{0, 0}, {1, 1}})};
      },
      {test::uniform({0, 2}, 2)});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
