#include "framework/ops/range.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/reshape.h"
#include "tests/support/gradient_check.h"
#include "tests/support/patterns.h"

namespace cornu {
namespace {

using test::counted;

BOOST_AUTO_TEST_SUITE(framework_ops_range)

BOOST_AUTO_TEST_CASE(makes_ranges) {
  test::check_close(ops::arange(4), Tensor::copy<std::int32_t>({0, 1, 2, 3}, {4}));
  test::check_close(ops::arange(5, 0, -2), Tensor::copy<std::int32_t>({5, 3, 1}, {3}));
  test::check_close(ops::arange(3, 1), Tensor::empty({0}, int32));
  test::check_close(ops::arange(0.5, 2.0, 0.5), Tensor::copy<float>({0.5F, 1.0F, 1.5F}, {3}));
  test::check_close(ops::linspace(0, 1, 5), Tensor::copy<float>({0.0F, 0.25F, 0.5F, 0.75F, 1.0F}, {5}));
  test::check_close(ops::linspace(2, 4, 4, false), Tensor::copy<float>({2.0F, 2.5F, 3.0F, 3.5F}, {4}));
  test::check_close(ops::linspace(2, 4, 1), Tensor::copy<float>({2.0F}, {1}));
  test::check_close(ops::logspace(0, 2, 3), Tensor::copy<float>({1.0F, 10.0F, 100.0F}, {3}));
  test::check_close(ops::eye(2, 3, 1), Tensor::copy<float>({0.0F, 1.0F, 0.0F, 0.0F, 0.0F, 1.0F}, {2, 3}));
  test::check_close(ops::tri(3, {}, -1),
                    Tensor::copy<float>({0.0F, 0.0F, 0.0F, 1.0F, 0.0F, 0.0F, 1.0F, 1.0F, 0.0F}, {3, 3}));
  BOOST_CHECK_THROW(ops::arange(0, 1, 0), InvalidArgument);
}

BOOST_AUTO_TEST_CASE(one_hot_is_zero_outside) {
  const Tensor x = Tensor::copy<std::int32_t>({2, 0, 3, -1}, {2, 2});
  test::check_close(
      ops::one_hot(x, 3),
      Tensor::copy<float>({0.0F, 0.0F, 1.0F, 1.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F}, {2, 2, 3}));
  test::check_close(ops::one_hot(x, 3, {.axis = 0, .dtype = int32}),
                    Tensor::copy<std::int32_t>({0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0}, {3, 2, 2}));
  test::check_close(ops::multi_hot(x, 3), Tensor::copy<float>({1.0F, 0.0F, 1.0F, 0.0F, 0.0F, 0.0F}, {2, 3}));
  test::check_close(ops::one_hot(Tensor::copy<std::uint8_t>({1}, {1}), 300),
                    ops::cast(ops::equal(ops::reshape(ops::arange(300), {1, 300}), 1), float32));
  BOOST_CHECK_THROW(ops::one_hot(counted({2}), 3), DTypeError);
}

BOOST_AUTO_TEST_CASE(makes_grids) {
  {
    const Tensors parts = ops::meshgrid({counted({2}), counted({3})});
    BOOST_TEST_REQUIRE(parts.size() == 2u);
    test::check_close(parts[0], Tensor::copy<float>({0.0F, 1.0F, 0.0F, 1.0F, 0.0F, 1.0F}, {3, 2}));
    test::check_close(parts[1], Tensor::copy<float>({0.0F, 0.0F, 1.0F, 1.0F, 2.0F, 2.0F}, {3, 2}));
  }
  {
    const Tensors parts = ops::meshgrid({counted({2}), counted({3})}, "ij");
    BOOST_TEST_REQUIRE(parts.size() == 2u);
    test::check_close(parts[0], Tensor::copy<float>({0.0F, 0.0F, 0.0F, 1.0F, 1.0F, 1.0F}, {2, 3}));
    test::check_close(parts[1], Tensor::copy<float>({0.0F, 1.0F, 2.0F, 0.0F, 1.0F, 2.0F}, {2, 3}));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
