#include "framework/ops/reduce.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "tests/support/gradient_check.h"
#include "tests/support/kernel_check.h"
#include "tests/support/kernel_test.h"
#include "tests/support/message_of.h"

namespace cornu {
namespace {

using test::as_float32;
using test::check_close;
using test::uniform;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

BOOST_AUTO_TEST_SUITE(framework_ops_reduce)

BOOST_AUTO_TEST_CASE(sums_along_the_axes_asked_for) {
  const Tensor x = Tensor::copy({1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F}, {2, 3});
  check_close(ops::sum(x), Tensor::copy({21.0F}, {}));
  check_close(ops::sum(x, {.axis = 0}), Tensor::copy({5.0F, 7.0F, 9.0F}, {3}));
  check_close(ops::sum(x, {.axis = -1, .keepdims = true}), Tensor::copy({6.0F, 15.0F}, {2, 1}));
  check_close(ops::sum(x, {.axis = {0, 1}, .keepdims = true}), Tensor::copy({21.0F}, {1, 1}));
  check_close(ops::prod(x, {.axis = 1}), Tensor::copy({6.0F, 120.0F}, {2}));
  check_close(ops::max(x, {.axis = 0}), Tensor::copy({4.0F, 5.0F, 6.0F}, {3}));
  check_close(ops::min(x, {.axis = 1}), Tensor::copy({1.0F, 4.0F}, {2}));
}

BOOST_AUTO_TEST_CASE(reduces_integers_and_bools) {
  const Tensor x = Tensor::copy<std::int32_t>({1, -2, 3, 4}, {2, 2});
  check_close(ops::sum(x, {.axis = 0}), Tensor::copy<std::int32_t>({4, 2}, {2}));
  check_close(ops::max(x), Tensor::copy<std::int32_t>({4}, {}));
  const std::vector<std::uint8_t> truth{1, 0, 1, 1};
  const Tensor b = ops::cast(Tensor::copy(truth, {2, 2}), boolean);
  BOOST_TEST(ops::any(b, {.axis = 0}).to_vector<std::int32_t>() == (std::vector<std::int32_t>{1, 1}),
             boost::test_tools::per_element());
  BOOST_TEST(ops::all(b, {.axis = 0}).to_vector<std::int32_t>() == (std::vector<std::int32_t>{1, 0}),
             boost::test_tools::per_element());
  check_close(ops::sum(b), Tensor::copy<std::int32_t>({3}, {}));
}

// Keras: small integers would overflow at once.
BOOST_AUTO_TEST_CASE(sums_of_small_integers_are_wider) {
  const Tensor x = Tensor::copy(std::vector<std::uint8_t>(3, 200), {3});
  BOOST_TEST(ops::sum(x).item() == 600);
  BOOST_CHECK(ops::sum(x).dtype() == uint32);
  BOOST_CHECK(ops::prod(Tensor::copy(std::vector<std::int8_t>(2, 100), {2})).dtype() == int32);
}

BOOST_AUTO_TEST_CASE(an_empty_axis_gives_the_neutral_element) {
  const Tensor x = Tensor::empty({2, 0});
  check_close(ops::sum(x, {.axis = 1}), Tensor::copy({0.0F, 0.0F}, {2}));
  check_close(ops::prod(x, {.axis = 1}), Tensor::copy({1.0F, 1.0F}, {2}));
  check_close(ops::max(x, {.axis = 1}), Tensor::copy({-kInfinity, -kInfinity}, {2}));
  check_close(ops::min(x, {.axis = 1}), Tensor::copy({kInfinity, kInfinity}, {2}));
  BOOST_CHECK((ops::sum(x, {.axis = 0}).shape() == Shape{0}));
}

BOOST_AUTO_TEST_CASE(nan_wins_wherever_it_stands) {
  for (std::int64_t size : {3, 16, 75}) {
    for (std::int64_t at = 0; at < size; ++at) {
      std::vector<float> values(static_cast<std::size_t>(size), 1.0F);
      values[static_cast<std::size_t>(at)] = kNan;
      BOOST_TEST(std::isnan(ops::max(Tensor::copy(values, {size})).item()));
      BOOST_TEST(std::isnan(ops::min(Tensor::copy(values, {size, 1}), {.axis = 0}).to_vector<float>()[0]));
    }
  }
}

BOOST_AUTO_TEST_CASE(statistics) {
  const Tensor x = Tensor::copy({1.0F, 2.0F, 3.0F, 6.0F}, {4});
  check_close(ops::mean(x), Tensor::copy({3.0F}, {}));
  check_close(ops::var(x), Tensor::copy({3.5F}, {}));
  check_close(ops::std(x), Tensor::copy({std::sqrt(3.5F)}, {}));
  check_close(ops::norm(x), Tensor::copy({std::sqrt(50.0F)}, {}));
  check_close(ops::logsumexp(Tensor::copy({1000.0F, 1000.0F}, {2})), Tensor::copy({1000.0F + std::log(2.0F)}, {}));
}

// Shapes that reach every path of the CPU kernel: rows and columns, narrow and wide, several groups of axes, blocks
// that are not full, sizes 0 and 1. The values lie around 1, so that a sum of n has no cancellation: blocks of at most
// 8192 elements in chains of 512 (the narrowest vectors) may be off by 512 units of 2^-24; in practice by a hundredth
// of it.
BOOST_AUTO_TEST_CASE(cpu_kernels_equal_the_reference) {
  struct Problem {
    Shape shape;
    std::vector<std::int64_t> axes;
  };
  const std::vector<Problem> problems{
      {{}, {}},
      {{7}, {0}},
      {{100003}, {0}},
      {{33, 65}, {1}},
      {{33, 65}, {0}},
      {{5000, 3}, {0}},
      {{4097, 10}, {0}},
      {{700, 64}, {0}},
      {{2, 300, 1100}, {1}},
      {{3, 5, 7, 11}, {0, 2}},
      {{3, 5, 7, 11}, {1, 3}},
      {{4, 6, 3, 5, 2}, {0, 2, 4}},
      {{8, 14, 14, 32}, {0, 1, 2}},
      {{8, 32, 14, 14}, {0, 2, 3}},
      {{1, 9, 1}, {1}},
      {{0, 4}, {0}},
      {{0, 4}, {1}},
      {{4, 0, 3}, {1}},
      {{6, 1, 5}, {}},
      {{3, 20011}, {1}},
      {{2000, 4, 8}, {1}},
      {{40000, 2}, {1}},
      {{5, 0}, {0}},
  };
  for (const Problem& problem : problems) {
    BOOST_TEST_CONTEXT("shape " << problem.shape.to_string() << ", " << problem.axes.size() << " axes") {
      for (bool keepdims : {false, true}) {
        const Attributes attributes{{"axes", problem.axes}, {"keepdims", keepdims}};
        const Tensor x = as_float32(uniform(problem.shape, 5, 0.5, 1.5));
        test::check_cpu_kernel("sum", attributes, {x}, 1e-6, 0);
        test::check_cpu_kernel("max", attributes, {x}, 0, 0);
        test::check_cpu_kernel("min", attributes, {x}, 0, 0);
        // Products of so many factors stay in range only close to 1; each factor in a chain adds one rounding.
        const Tensor near_one = as_float32(uniform(problem.shape, 6, 0.99, 1.01));
        test::check_cpu_kernel("prod", attributes, {near_one}, 3e-5, 0);
      }
    }
  }
}

// With alternating signs and sizes what is lost shows: relative to the sum of the magnitudes, which is 1e6 here.
BOOST_AUTO_TEST_CASE(sums_of_many_are_accurate) {
  const Tensor x = as_float32(uniform({2000000}, 7));
  const double exact = test::run_kernel(Backend::kReference, "sum",
                                        {{"axes", std::vector<std::int64_t>{0}}, {"keepdims", false}}, {x})[0]
                           .item();
  BOOST_TEST(std::abs(ops::sum(x).item() - exact) < 1e6 * 2e-8);
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  const auto check = [](const auto& function, const Shape& shape, double low, double high) {
    const auto of_one = [&](const Tensors& x) -> Tensors { return {function(x[0])}; };
    test::check_gradients(of_one, {uniform(shape, 11, low, high)});
    test::check_second_gradients(of_one, {uniform(shape, 12, low, high)});
  };
  for (const Shape& shape : {Shape{2, 3, 4}, Shape{1, 1, 5}, Shape{3, 0, 2}}) {
    for (const ReduceOptions& options :
         {ReduceOptions{}, ReduceOptions{.axis = 1}, ReduceOptions{.axis = {0, 2}, .keepdims = true}}) {
      check([&](const Tensor& x) { return ops::sum(x, options); }, shape, -1, 1);
      check([&](const Tensor& x) { return ops::prod(x, options); }, shape, 0.5, 1.5);
      if (shape.num_elements() == 0) continue;
      check([&](const Tensor& x) { return ops::max(x, options); }, shape, -1, 1);
      check([&](const Tensor& x) { return ops::min(x, options); }, shape, -1, 1);
      check([&](const Tensor& x) { return ops::mean(x, options); }, shape, -1, 1);
      check([&](const Tensor& x) { return ops::var(x, options); }, shape, -1, 1);
      check([&](const Tensor& x) { return ops::logsumexp(x, options); }, shape, -1, 1);
      check([&](const Tensor& x) { return ops::norm(x, options); }, shape, 0.5, 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(gradient_of_a_product_with_zeros) {
  const auto product = [](const Tensors& x) -> Tensors { return {ops::prod(x[0], {.axis = 1})}; };
  test::check_gradients(product, {Tensor::copy({2.0, 0.0, 3.0, 0.0, 0.0, 3.0}, {2, 3})});
}

BOOST_AUTO_TEST_CASE(rejects_an_axis_outside_of_the_rank) {
  BOOST_TEST(test::message_of<ShapeError>([] {
               (void)ops::sum(Tensor::empty({2, 3}), {.axis = 2});
             }) == "axis 2 is out of bounds for shape (2, 3) of rank 2");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
