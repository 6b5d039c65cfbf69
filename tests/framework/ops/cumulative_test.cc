#include "framework/ops/cumulative.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "tests/support/gradient_check.h"
#include "tests/support/message_of.h"

namespace cornu {
namespace {

using test::check_close;
using test::uniform;

BOOST_AUTO_TEST_SUITE(framework_ops_cumulative)

BOOST_AUTO_TEST_CASE(values) {
  const Tensor x = Tensor::copy({1.0F, 2.0F, 3.0F, 4.0F}, {2, 2});
  check_close(ops::cumsum(x), Tensor::copy({1.0F, 3.0F, 6.0F, 10.0F}, {4}));
  check_close(ops::cumsum(x, {.axis = 0}), Tensor::copy({1.0F, 2.0F, 4.0F, 6.0F}, {2, 2}));
  check_close(ops::cumsum(x, {.axis = -1, .reverse = true}), Tensor::copy({3.0F, 2.0F, 7.0F, 4.0F}, {2, 2}));
  check_close(ops::cumprod(x, {.axis = 1}), Tensor::copy({1.0F, 2.0F, 3.0F, 12.0F}, {2, 2}));
  check_close(ops::cumprod(x, {.axis = 0, .reverse = true}), Tensor::copy({3.0F, 8.0F, 3.0F, 4.0F}, {2, 2}));
  check_close(ops::cumsum(Tensor::copy<std::int64_t>({1, -2}, {2})), Tensor::copy<std::int64_t>({1, -1}, {2}));
  check_close(ops::cumsum(ops::cast(x, boolean)), Tensor::copy<std::int32_t>({1, 2, 3, 4}, {4}));
  BOOST_CHECK((ops::cumsum(Tensor::empty({2, 0}), {.axis = 1}).shape() == Shape{2, 0}));
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  for (const Shape& shape : {Shape{2, 3, 2}, Shape{1, 4}, Shape{0, 3}}) {
    for (std::int64_t axis : {0, 1}) {
      for (bool reverse : {false, true}) {
        const auto sums = [&](const Tensors& x) -> Tensors {
          return {ops::cumsum(x[0], {.axis = axis, .reverse = reverse})};
        };
        const auto products = [&](const Tensors& x) -> Tensors {
          return {ops::cumprod(x[0], {.axis = axis, .reverse = reverse})};
        };
        test::check_gradients(sums, {uniform(shape, 1)});
        test::check_second_gradients(sums, {uniform(shape, 1)});
        test::check_gradients(products, {uniform(shape, 2, 0.5, 1.5)});
        test::check_second_gradients(products, {uniform(shape, 2, 0.5, 1.5)});
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(gradient_of_products_with_zeros) {
  const auto products = [](const Tensors& x) -> Tensors { return {ops::cumprod(x[0], {.axis = 1})}; };
  test::check_gradients(products, {Tensor::copy({2.0, 0.0, 3.0, 4.0, 2.0, 0.0, 0.0, 3.0, 0.0, 1.0, 2.0, 0.0}, {3, 4})});
}

BOOST_AUTO_TEST_CASE(rejects_an_axis_outside_of_the_rank) {
  BOOST_TEST(test::message_of<ShapeError>([] {
               (void)ops::cumsum(Tensor::empty({2, 3}), {.axis = 2});
             }) == "axis 2 is out of bounds for shape (2, 3) of rank 2");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
