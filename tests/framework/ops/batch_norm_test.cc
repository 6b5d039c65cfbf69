#include "framework/ops/batch_norm.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/error.h"
#include "framework/operation.h"
#include "tests/support/gradient_check.h"
#include "tests/support/kernel_check.h"
#include "tests/support/kernel_test.h"
#include "tests/support/message_of.h"

namespace cornu {
namespace {

using test::as_float32;
using test::check_close;
using test::uniform;

constexpr double kEpsilon = 1e-3;

BOOST_AUTO_TEST_SUITE(framework_ops_batch_norm)

BOOST_AUTO_TEST_CASE(values) {
  const Tensor x = Tensor::copy({1.0F, 5.0F, 3.0F, 5.0F}, {2, 2});
  const Tensor gamma = Tensor::copy({2.0F, 2.0F}, {2});
  const Tensor beta = Tensor::copy({1.0F, -1.0F}, {2});
  const ops::BatchNormResult result = ops::batch_norm_training(x, gamma, beta, 0.0 + kEpsilon);
  const float z = 2.0F / std::sqrt(1.001F);
  check_close(result.y, Tensor::copy({1 - z, -1.0F, 1 + z, -1.0F}, {2, 2}));
  check_close(result.mean, Tensor::copy({2.0F, 5.0F}, {2}));
  check_close(result.variance, Tensor::copy({1.0F, 0.0F}, {2}));
  check_close(ops::batch_norm_inference(x, result.mean, result.variance, gamma, beta), result.y);
  check_close(ops::batch_norm_inference(x, result.mean, result.variance, {}, {}),
              Tensor::copy({-z / 2, 0.0F, z / 2, 0.0F}, {2, 2}));
}

// Narrow and wide channels, one row, rows that do not fill a block or a joined row, and a mean that is a thousand
// standard deviations: there float32 inputs carry 1e-4 of a standard deviation, and the mean itself is exact to 6e-8.
BOOST_AUTO_TEST_CASE(cpu_kernels_equal_the_reference) {
  for (const Shape& shape : {Shape{4, 3}, Shape{1, 5}, Shape{1000, 1}, Shape{333, 10}, Shape{2, 7, 9, 64},
                             Shape{8, 14, 14, 32}, Shape{300, 1100}, Shape{5000, 17}, Shape{130, 65}, Shape{3, 0}}) {
    for (double offset : {0.0, 1000.0}) {
      BOOST_TEST_CONTEXT("shape " << shape.to_string() << ", offset " << offset) {
        const Shape channels{shape.back()};
        const Tensor x = as_float32(uniform(shape, 1, offset - 1.7, offset + 1.7));
        const Tensor gamma = as_float32(uniform(channels, 2, 0.5, 1.5));
        const Tensor beta = as_float32(uniform(channels, 3));
        const Tensor dy = as_float32(uniform(shape, 4));
        const Attributes attributes{{"epsilon", kEpsilon}};
        const Tensors expected =
            test::run_kernel(Backend::kReference, "batch_norm_training", attributes, {x, gamma, beta});
        const Tensors actual = test::run_kernel(Backend::kCpu, "batch_norm_training", attributes, {x, gamma, beta});
        // The rounded mean shifts y by up to half a unit of 6e-5 at 1000.
        check_close(actual[0], expected[0], 2e-6, offset == 0 ? 2e-6 : 1e-4);
        check_close(actual[1], expected[1], 1e-7, 1e-7);
        check_close(actual[2], expected[2], 1e-6, 1e-9);
        if (offset == 0) {
          test::check_cpu_kernel("batch_norm_training", attributes, {x, gamma, beta}, 2e-6, 2e-6);
          // Sums of n products of size 1 lose some 1e-7 of sqrt(n) here.
          test::check_cpu_kernel("batch_norm_gradient", attributes, {x, expected[1], expected[2], gamma, dy}, 3e-6,
                                 1e-5);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  for (const Shape& shape : {Shape{5, 3}, Shape{2, 3, 2}, Shape{4, 1}, Shape{1, 2}}) {
    const Shape channels{shape.back()};
    const Tensors inputs{uniform(shape, 1), uniform(channels, 2, 0.5, 1.5), uniform(channels, 3)};
    const auto y_only = [](const Tensors& t) -> Tensors { return {ops::batch_norm_training(t[0], t[1], t[2], 0.1).y}; };
    const auto all = [](const Tensors& t) -> Tensors {
      const ops::BatchNormResult result = ops::batch_norm_training(t[0], t[1], t[2], 0.1);
      return {result.y, result.mean, result.variance};
    };
    const auto statistics = [](const Tensors& t) -> Tensors {
      const ops::BatchNormResult result = ops::batch_norm_training(t[0], t[1], t[2], 0.1);
      return {result.mean, result.variance};
    };
    test::check_gradients(y_only, inputs);
    test::check_gradients(all, inputs);
    test::check_gradients(statistics, inputs);
    test::check_second_gradients(y_only, inputs);
    test::check_second_gradients(all, inputs);
  }
}

BOOST_AUTO_TEST_CASE(rejects_parameters_of_another_shape) {
  BOOST_TEST(test::message_of<ShapeError>([] {
               (void)ops::batch_norm_training(Tensor::empty({2, 3}), Tensor::empty({2}), Tensor::empty({3}));
             }) ==
             "batch_norm_training: expected gamma of shape (3,), one value for each channel of x (2, 3); got (2,)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
