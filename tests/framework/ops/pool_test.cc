#include "framework/ops/pool.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "framework/autodiff/gradient_tape.h"
#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "tests/support/gradient_check.h"

namespace cornu {
namespace {

template <typename E, typename F> std::string message_of(F&& f) {
  try {
    f();
  } catch (const E& error) {
    return error.what();
  }
  return "nothing was thrown";
}

// 0, 1, 2, ... in row-major order.
Tensor counting(const Shape& shape) {
  Tensor x = Tensor::empty(shape);
  std::iota(x.mutable_data<float>().begin(), x.mutable_data<float>().end(), 0.0F);
  return x;
}

// Values that differ by more than the step of the finite differences: a permutation of multiples of 0.01.
Tensor distinct(const Shape& shape, std::uint64_t seed) {
  Tensor x = test::uniform(shape, seed);
  auto values = x.mutable_data<double>();
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  for (std::size_t i = 0; i < order.size(); ++i) values[order[i]] = 0.01 * static_cast<double>(i);
  return x;
}

struct Case {
  Shape x;
  std::vector<std::int64_t> window;
  ops::PoolOptions options;
};

std::vector<Case> cases() {
  return {{{2, 4, 6, 2}, {2}, {}},
          {{1, 5, 5, 2}, {3, 2}, {.strides = {2, 1}}},
          {{1, 5, 4, 2}, {3}, {.strides = {2}, .padding = "same"}},
          {{1, 5, 4, 1}, {2}, {.strides = {3}, .padding = "same"}},
          {{2, 7, 2}, {3}, {.strides = {2}, .padding = "same"}},
          {{1, 3, 4, 3, 2}, {2}, {.strides = {1}}}};
}

BOOST_AUTO_TEST_SUITE(framework_ops_pool)

BOOST_AUTO_TEST_CASE(takes_the_greatest_of_each_window) {
  const Tensor x = counting({1, 4, 4, 1});
  test::check_close(ops::max_pool(x, {2, 2}), Tensor::copy({5.F, 7.F, 13.F, 15.F}, {1, 2, 2, 1}));
  test::check_close(ops::max_pool(x, {2}, {.strides = {1}}),
                    Tensor::copy({5.F, 6.F, 7.F, 9.F, 10.F, 11.F, 13.F, 14.F, 15.F}, {1, 3, 3, 1}));
  test::check_close(ops::max_pool(x, {3}, {.padding = "same"}), Tensor::copy({5.F, 7.F, 13.F, 15.F}, {1, 2, 2, 1}));
}

BOOST_AUTO_TEST_CASE(averages_what_is_not_padded) {
  const Tensor x = counting({1, 3, 3, 1});
  test::check_close(ops::average_pool(x, {2}), Tensor::copy({2.F}, {1, 1, 1, 1}));
  test::check_close(ops::average_pool(x, {2}, {.padding = "same"}), Tensor::copy({2.F, 3.5F, 6.5F, 8.F}, {1, 2, 2, 1}));
  test::check_close(ops::average_pool(x, {3}, {.strides = {3}, .padding = "same"}), Tensor::copy({4.F}, {1, 1, 1, 1}));
}

BOOST_AUTO_TEST_CASE(padding_never_wins) {
  const Tensor x = Tensor::copy({-1.F, -2.F, -3.F}, {1, 3, 1});
  test::check_close(ops::max_pool(x, {2}, {.strides = {1}, .padding = "same"}),
                    Tensor::copy({-1.F, -2.F, -3.F}, {1, 3, 1}));
  const float lowest = -std::numeric_limits<float>::infinity();
  const Tensor low = Tensor::copy({lowest, lowest}, {1, 2, 1});
  test::check_close(ops::max_pool(low, {2}), Tensor::copy({lowest}, {1, 1, 1}));
}

BOOST_AUTO_TEST_CASE(nan_wins) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Tensor x = Tensor::copy({1.F, nan, nan, 3.F, 4.F, 5.F}, {1, 6, 1});
  test::check_close(ops::max_pool(x, {2}), Tensor::copy({nan, nan, 5.F}, {1, 3, 1}));
}

BOOST_AUTO_TEST_CASE(the_first_of_equal_elements_takes_the_gradient) {
  const Tensor x = Tensor::copy({2.F, 2.F, 1.F, 3.F, 3.F, 3.F}, {1, 6, 1});
  const GradientTape tape;
  const Tensor gradient = tape.gradient(ops::max_pool(x, {3}), x);
  test::check_close(gradient, Tensor::copy({1.F, 0.F, 0.F, 1.F, 0.F, 0.F}, {1, 6, 1}));
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  for (const Case& c : cases()) {
    const Tensor x = distinct(c.x, 7);
    test::check_gradients([&](const Tensors& in) { return Tensors{ops::max_pool(in[0], c.window, c.options)}; }, {x});
    test::check_gradients([&](const Tensors& in) { return Tensors{ops::average_pool(in[0], c.window, c.options)}; },
                          {x});
  }
}

// Of the square, because pooling itself has no second derivative.
BOOST_AUTO_TEST_CASE(second_gradients_match_finite_differences) {
  for (const Case& c : cases()) {
    const Tensor x = distinct(c.x, 8);
    test::check_second_gradients(
        [&](const Tensors& in) {
          const Tensor y = ops::max_pool(in[0], c.window, c.options);
          return Tensors{y * y * y};
        },
        {x});
    test::check_second_gradients(
        [&](const Tensors& in) {
          const Tensor y = ops::average_pool(in[0], c.window, c.options);
          return Tensors{y * y * y};
        },
        {x});
  }
}

BOOST_AUTO_TEST_CASE(empty_axes_give_empty_results) {
  BOOST_TEST(ops::max_pool(counting({0, 4, 4, 2}), {2}).shape().to_string() == "(0, 2, 2, 2)");
  BOOST_TEST(ops::average_pool(counting({2, 4, 4, 0}), {2}).shape().to_string() == "(2, 2, 2, 0)");
  BOOST_TEST(ops::max_pool(counting({2, 0, 4, 3}), {2}).shape().to_string() == "(2, 0, 2, 3)");
}

BOOST_AUTO_TEST_CASE(errors_say_what_to_do) {
  const Tensor x = counting({1, 4, 4, 1});
  BOOST_TEST(message_of<ShapeError>([] {
               ops::max_pool(counting({4, 4}), {2});
             }) == "max_pool: expected x of shape (batch, spatial..., channels) with 1 to 3 spatial axes; got (4, 4)");
  BOOST_TEST(message_of<InvalidArgument>([&] { ops::max_pool(x, {2}, {.padding = "Same"}); }) ==
             "max_pool: padding must be \"valid\" or \"same\"; got \"Same\"");
  BOOST_TEST(message_of<InvalidArgument>([&] {
               ops::average_pool(x, {2, 2, 2});
             }) == "average_pool: expected one pool_size or 2, one for each spatial axis; got 3");
  BOOST_TEST(message_of<InvalidArgument>([&] { ops::average_pool(x, {2}, {.strides = {0}}); }) ==
             "average_pool: expected a positive strides; got 0");
  BOOST_TEST(message_of<ShapeError>([&] { ops::max_pool(x, {5}); }) ==
             "max_pool: a window of size 5 does not fit into size 4 of spatial axis 0; use padding=\"same\", a smaller "
             "window, "
             "or a larger input");
  BOOST_TEST(message_of<DTypeError>([] {
               ops::max_pool(Tensor::copy<std::int32_t>({1, 2}, {1, 2, 1}), {2});
             }) == "max_pool: expected a floating dtype; got int32. Cast x to float32.");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
