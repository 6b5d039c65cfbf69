#include "framework/ops/softmax.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/error.h"
#include "tests/support/gradient_check.h"
#include "tests/support/kernel_check.h"
#include "tests/support/kernel_test.h"
#include "tests/support/message_of.h"

namespace cornu {
namespace {

using test::as_float32;
using test::check_close;
using test::uniform;

BOOST_AUTO_TEST_SUITE(framework_ops_softmax)

BOOST_AUTO_TEST_CASE(values) {
  const Tensor x = Tensor::copy({0.0F, std::log(3.0F), 1000.0F, 1000.0F}, {2, 2});
  check_close(ops::softmax(x), Tensor::copy({0.25F, 0.75F, 0.5F, 0.5F}, {2, 2}));
  check_close(ops::log_softmax(x),
              Tensor::copy({std::log(0.25F), std::log(0.75F), std::log(0.5F), std::log(0.5F)}, {2, 2}));
  check_close(ops::softmax(Tensor::copy({0.0F, std::log(3.0F)}, {2, 1}), 0), Tensor::copy({0.25F, 0.75F}, {2, 1}));
  check_close(ops::softmax(Tensor::copy<std::int32_t>({5, 5}, {2})), Tensor::copy({0.5F, 0.5F}, {2}));
  BOOST_CHECK((ops::softmax(Tensor::empty({3, 0})).shape() == Shape{3, 0}));
}

// What is masked by -infinity gets exactly 0.
BOOST_AUTO_TEST_CASE(minus_infinity_gets_nothing) {
  const float minus_infinity = -std::numeric_limits<float>::infinity();
  check_close(ops::softmax(Tensor::copy({1.0F, minus_infinity, 1.0F}, {3})), Tensor::copy({0.5F, 0.0F, 0.5F}, {3}), 0,
              0);
}

// Axes short, long, not a multiple of the vector width, of size 1 and 0; the last axis and others. The exponential is
// good to 2 units in the last place of 6e-8, the sum of n positive terms to some units more; differences x - peak of
// size up to 20 are off by 20 * 6e-8, which exp passes on as a relative error.
BOOST_AUTO_TEST_CASE(cpu_kernels_equal_the_reference) {
  struct Problem {
    Shape shape;
    std::int64_t axis;
  };
  for (const Problem& problem : {Problem{{10}, 0},
                                 {{33, 10}, 1},
                                 {{5, 1}, 1},
                                 {{4, 0}, 1},
                                 {{0, 4}, 1},
                                 {{7, 1000}, 1},
                                 {{3, 50257}, 1},
                                 {{40, 16}, 1},
                                 {{9, 5, 7}, 1},
                                 {{3, 20, 70}, 1},
                                 {{2, 4, 3, 5}, 0},
                                 {{300, 37, 130}, 1}}) {
    BOOST_TEST_CONTEXT("shape " << problem.shape.to_string() << ", axis " << problem.axis) {
      const Attributes attributes{{"axis", problem.axis}};
      const Tensor x = as_float32(uniform(problem.shape, 1, -10, 10));
      const Tensor dy = as_float32(uniform(problem.shape, 2));
      test::check_cpu_kernel("softmax", attributes, {x}, 3e-6, 1e-12);
      test::check_cpu_kernel("log_softmax", attributes, {x}, 3e-6, 3e-6);
      const Tensor y = test::run_kernel(Backend::kReference, "softmax", attributes, {x})[0];
      const Tensor log_y = test::run_kernel(Backend::kReference, "log_softmax", attributes, {x})[0];
      // dy - sum(dy y) may cancel.
      test::check_cpu_kernel("softmax_gradient", attributes, {y, dy}, 3e-6, 1e-6);
      // The sum of dy has a magnitude of up to 200 here, and is off by some 1e-7 of the sum of magnitudes.
      test::check_cpu_kernel("log_softmax_gradient", attributes, {log_y, dy}, 3e-6, 3e-5);
    }
  }
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  for (const Shape& shape : {Shape{2, 3, 4}, Shape{3, 1}, Shape{2, 0}}) {
    for (std::int64_t axis : {0, -1}) {
      const auto softmax = [&](const Tensors& x) -> Tensors { return {ops::softmax(x[0], axis)}; };
      const auto log_softmax = [&](const Tensors& x) -> Tensors { return {ops::log_softmax(x[0], axis)}; };
      test::check_gradients(softmax, {uniform(shape, 1)});
      test::check_gradients(log_softmax, {uniform(shape, 2)});
      test::check_second_gradients(softmax, {uniform(shape, 3)});
      test::check_second_gradients(log_softmax, {uniform(shape, 4)});
    }
  }
}

BOOST_AUTO_TEST_CASE(rejects_an_axis_outside_of_the_rank) {
  BOOST_TEST(test::message_of<ShapeError>([] {
               (void)ops::softmax(Tensor::empty({2, 3}), 2);
             }) == "axis 2 is out of bounds for shape (2, 3) of rank 2");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
