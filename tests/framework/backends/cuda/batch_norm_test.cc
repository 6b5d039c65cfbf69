// Batch normalisation on a card: the emulated one, or this machine's.

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/backends/cuda/launch.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"
#include "tests/framework/backends/cuda/emulation/nvrtc_check.h"
#include "tests/support/gradient_check.h"
#include "tests/support/kernel_test.h"

namespace cornu::test {
namespace {

constexpr double kEpsilon = 1e-3;
const Attributes kAttributes{{"epsilon", kEpsilon}};

// One channel, odd ones, ones that are loaded together; one row, and rows that several blocks share.
const Shape kShapes[] = {{1, 3}, {37, 5}, {600, 1}, {3, 7, 9, 16}, {2, 11, 13, 70}, {128, 32, 32, 16}, {64, 3136}};

// x, gamma, beta, dy.
Tensors operands(const Shape& shape, double mean = 0.3, double spread = 1) {
  const Shape channels{shape.back()};
  return {uniform_float32(shape, 1, mean - spread, mean + spread), uniform_float32(channels, 2),
          uniform_float32(channels, 3), uniform_float32(shape, 4, -0.5, 1)};
}

Tensors wide(const Tensors& tensors) {
  Tensors results;
  for (const Tensor& tensor : tensors) results.push_back(widened(tensor));
  return results;
}

// There is no reference kernel for the sums alone: those of the whole operations, in float64, say what they are.
void check_moments(TestCard& card, const Tensors& in, double rtol, double atol) {
  const Tensors actual = run_on_card(card, "batch_norm_moments", kAttributes, {in[0], in[1]});
  const Tensors expected =
      run_kernel(Backend::kReference, "batch_norm_training", kAttributes, wide({in[0], in[1], in[2]}));
  BOOST_TEST_REQUIRE(actual.size() == 3u);
  check_close(widened(actual[0]), expected[1], rtol, atol);
  check_close(widened(actual[1]), expected[2], rtol, atol);
  for (std::size_t c = 0; c < in[1].data<float>().size(); ++c) {
    const double scale =
        static_cast<double>(in[1].data<float>()[c]) / std::sqrt(expected[2].data<double>()[c] + kEpsilon);
    BOOST_TEST(std::abs(static_cast<double>(actual[2].data<float>()[c]) - scale) <= rtol * std::abs(scale) + atol);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_batch_norm)

BOOST_AUTO_TEST_CASE(moments_are_those_of_the_reference) {
  TestCard card;
  for (const Shape& shape : kShapes) {
    BOOST_TEST_CONTEXT("shape " << shape.to_string()) { check_moments(card, operands(shape), 1e-6, 1e-7); }
  }
}

// A sum of squares less the square of the mean would lose all digits here: float32 has seven, the squares differ from
// the ninth on.
BOOST_AUTO_TEST_CASE(a_mean_far_from_zero_costs_no_digits) {
  TestCard card;
  check_moments(card, operands({4000, 6}, 1e4, 1), 1e-5, 0);
}

BOOST_AUTO_TEST_CASE(moments_of_no_rows_are_nan) {
  TestCard card;
  const Tensors in = operands({0, 3});
  for (const Tensor& result : run_on_card(card, "batch_norm_moments", kAttributes, {in[0], in[1]})) {
    for (const float value : result.data<float>()) BOOST_TEST(std::isnan(value));
  }
}

BOOST_AUTO_TEST_CASE(gradient_sums_are_those_of_the_reference) {
  TestCard card;
  for (const Shape& shape : kShapes) {
    BOOST_TEST_CONTEXT("shape " << shape.to_string()) {
      const Tensors in = operands(shape);
      const Tensor mean = uniform_float32({shape.back()}, 5);
      const Tensor variance = uniform_float32({shape.back()}, 6, 0.5, 2);
      const Tensors inputs{in[0], mean, variance, in[1], in[3]};
      const Tensors actual = run_on_card(card, "batch_norm_gradient_sums", kAttributes, inputs);
      const Tensors expected = run_kernel(Backend::kReference, "batch_norm_gradient", kAttributes, wide(inputs));
      const std::int64_t rows = shape.num_elements() / shape.back();
      const auto count = static_cast<double>(rows);
      BOOST_TEST_REQUIRE(actual.size() == 5u);
      check_close(widened(actual[0]), expected[1], 2e-6, 1e-4);
      check_close(widened(actual[1]), expected[2], 2e-6, 1e-4);
      for (std::size_t c = 0; c < static_cast<std::size_t>(shape.back()); ++c) {
        const double r = 1 / std::sqrt(static_cast<double>(variance.data<float>()[c]) + kEpsilon);
        const double wanted[] = {static_cast<double>(in[1].data<float>()[c]) * r, expected[2].data<double>()[c] / count,
                                 expected[1].data<double>()[c] * r / count};
        for (std::size_t i = 0; i < 3; ++i) {
          const auto value = static_cast<double>(actual[2 + i].data<float>()[c]);
          BOOST_TEST(std::abs(value - wanted[i]) <= 2e-6 * std::abs(wanted[i]) + 1e-6);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(whole_operations_equal_the_reference) {
  TestCard card;
  for (const Shape& shape : {Shape{1, 3}, Shape{37, 5}, Shape{2, 3, 7, 16}, Shape{8, 32, 32, 16}, Shape{0, 3}}) {
    BOOST_TEST_CONTEXT("shape " << shape.to_string()) {
      const Tensors in = operands(shape);
      check_on_card(card, "batch_norm_training", kAttributes, {in[0], in[1], in[2]}, 1e-5, 1e-6);
      const Tensors inputs{in[0], uniform_float32({shape.back()}, 5), uniform_float32({shape.back()}, 6, 0.5, 2), in[1],
                           in[3]};
      check_on_card(card, "batch_norm_gradient", kAttributes, inputs, 1e-5, 1e-4);
      if (shape == Shape{2, 3, 7, 16}) {
        check_on_card(card, "batch_norm_training", kAttributes, wide({in[0], in[1], in[2]}), 1e-13, 1e-14);
        check_on_card(card, "batch_norm_gradient", kAttributes, wide(inputs), 1e-13, 1e-13);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(nvrtc_compiles_them) {
  for (const DType dtype : {DType::kFloat32, DType::kFloat64}) {
    const TensorSpec x{{8, 32, 32, 16}, dtype};
    const TensorSpec channels{{16}, dtype};
    const bool all = dtype == DType::kFloat32;
    check_nvrtc_compiles("batch_norm_moments", kAttributes, {x, channels}, all ? kEveryCard : kHopper);
    check_nvrtc_compiles("batch_norm_gradient_sums", kAttributes, {x, channels, channels, channels, x},
                         all ? kEveryCard : kHopper);
    check_nvrtc_compiles("batch_norm_training", kAttributes, {x, channels, channels});
    check_nvrtc_compiles("batch_norm_gradient", kAttributes, {x, channels, channels, channels, x});
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
