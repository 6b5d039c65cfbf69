#include "framework/ops/random.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numeric>

#include "framework/autodiff/gradient_tape.h"
#include "framework/error.h"
#include "framework/ops/broadcast_constant.h"
#include "tests/support/gradient_check.h"
#include "tests/support/kernel_check.h"
#include "tests/support/message_of.h"

namespace cornu {
namespace {

using test::as_float32;
using test::check_close;
using test::uniform;

Tensor state_of(std::int64_t seed, std::int64_t draw = 0) { return Tensor::copy({seed, draw}, {2}); }

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// The mean of the n-th powers of values less their mean.
double moment_of(const std::vector<double>& values, int n) {
  const double mean = mean_of(values);
  double sum = 0;
  for (double value : values) sum += std::pow(value - mean, n);
  return sum / static_cast<double>(values.size());
}

constexpr std::int64_t kMany = 1000000;

BOOST_AUTO_TEST_SUITE(framework_ops_random)

BOOST_AUTO_TEST_CASE(a_seed_generator_hands_out_each_state_once) {
  const SeedGenerator seeds(42);
  check_close(seeds.next(), state_of(42, 0));
  check_close(seeds.next(), state_of(42, 1));
}

BOOST_AUTO_TEST_CASE(equal_states_give_equal_numbers_and_others_do_not) {
  const Tensor a = ops::random_uniform({100}, state_of(1, 0));
  check_close(ops::random_uniform({100}, state_of(1, 0)), a, 0, 0);
  for (const Tensor& other : {state_of(1, 1), state_of(2, 0)}) {
    BOOST_TEST(ops::random_uniform({100}, other).to_vector<float>() != a.to_vector<float>());
  }
  // Longer tensors begin with the same numbers.
  const std::vector<float> longer = ops::random_uniform({7, 31}, state_of(1, 0)).to_vector<float>();
  BOOST_TEST(std::equal(longer.begin(), longer.begin() + 100, a.data<float>().begin()));
}

// Statistics of a million numbers: standard errors are 1e-3 of the spread or less, and the bounds some times that. The
// seeds are fixed, so a pass stays one.
BOOST_AUTO_TEST_CASE(uniform_numbers_fill_their_interval) {
  for (DType dtype : {float32, float64}) {
    const std::vector<double> values = ops::random_uniform({kMany}, state_of(3), -1.0, 3.0, dtype).to_vector<double>();
    BOOST_TEST(*std::min_element(values.begin(), values.end()) >= -1.0);
    BOOST_TEST(*std::max_element(values.begin(), values.end()) < 3.0);
    BOOST_TEST(std::abs(mean_of(values) - 1.0) < 5e-3);
    BOOST_TEST(std::abs(moment_of(values, 2) - 16.0 / 12) < 5e-3);
    std::vector<int> buckets(64);
    for (double value : values) ++buckets[static_cast<std::size_t>((value + 1) * 16)];
    double chi2 = 0;
    for (int count : buckets) chi2 += std::pow(count - kMany / 64.0, 2) / (kMany / 64.0);
    BOOST_TEST(chi2 < 120);  // 63 degrees of freedom
  }
}

BOOST_AUTO_TEST_CASE(normal_numbers_have_the_moments_of_the_distribution) {
  for (DType dtype : {float32, float64}) {
    const std::vector<double> values = ops::random_normal({kMany}, state_of(4), 2.0, 0.5, dtype).to_vector<double>();
    BOOST_TEST(std::abs(mean_of(values) - 2.0) < 3e-3);
    BOOST_TEST(std::abs(moment_of(values, 2) - 0.25) < 2e-3);
    BOOST_TEST(std::abs(moment_of(values, 3)) < 2e-3);
    BOOST_TEST(std::abs(moment_of(values, 4) / 0.0625 - 3.0) < 3e-2);
    const auto beyond = std::count_if(values.begin(), values.end(), [](double v) { return std::abs(v - 2.0) > 2.0; });
    BOOST_TEST(std::abs(static_cast<double>(beyond) / kMany - 6.33e-5) < 4e-5);  // four standard deviations
  }
}

BOOST_AUTO_TEST_CASE(truncated_normal_numbers_stay_within_two_deviations) {
  const std::vector<double> values = ops::truncated_normal({kMany}, state_of(5), 1.0, 3.0).to_vector<double>();
  for (double value : values) BOOST_REQUIRE(std::abs(value - 1.0) <= 6.0 + 1e-5);
  BOOST_TEST(std::abs(mean_of(values) - 1.0) < 0.01);
  // The variance of a standard normal cut at 2: 1 - 4 phi(2) / (2 Phi(2) - 1).
  BOOST_TEST(std::abs(moment_of(values, 2) / 9 - 0.77374) < 3e-3);
}

BOOST_AUTO_TEST_CASE(integers_and_permutations) {
  const std::vector<std::int32_t> values = ops::random_integers({60000}, state_of(6), -2, 4).to_vector<std::int32_t>();
  for (std::int32_t wanted = -2; wanted < 4; ++wanted) {
    BOOST_TEST(std::abs(static_cast<double>(std::count(values.begin(), values.end(), wanted)) - 10000) < 500);
  }
  std::vector<std::int32_t> order = ops::random_permutation(1000, state_of(7)).to_vector<std::int32_t>();
  BOOST_TEST(!std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  for (std::int32_t i = 0; i < 1000; ++i) BOOST_REQUIRE(order[static_cast<std::size_t>(i)] == i);
}

BOOST_AUTO_TEST_CASE(bernoulli_and_categorical) {
  const std::vector<double> truths = ops::random_bernoulli({kMany}, state_of(8), 0.3).to_vector<double>();
  BOOST_TEST(std::abs(mean_of(truths) - 0.3) < 3e-3);
  const Tensor logits = Tensor::copy({std::log(0.1F), std::log(0.6F), std::log(0.3F), 0.0F, 50.0F, 0.0F}, {2, 3});
  const std::vector<std::int32_t> classes =
      ops::random_categorical(logits, 50000, state_of(9)).to_vector<std::int32_t>();
  const auto share = [&](std::int32_t wanted) {
    return static_cast<double>(std::count(classes.begin(), classes.begin() + 50000, wanted)) / 50000;
  };
  BOOST_TEST(std::abs(share(0) - 0.1) < 0.01);
  BOOST_TEST(std::abs(share(1) - 0.6) < 0.01);
  BOOST_TEST(std::all_of(classes.begin() + 50000, classes.end(), [](std::int32_t c) { return c == 1; }));
}

BOOST_AUTO_TEST_CASE(dropout_keeps_the_expectation) {
  const Tensor ones = ops::ones({kMany});
  const std::vector<float> values = ops::dropout(ones, 0.2, state_of(10)).to_vector<float>();
  for (float value : values) BOOST_REQUIRE((value == 0.0F || value == 1.25F));
  BOOST_TEST(std::abs(static_cast<double>(std::count(values.begin(), values.end(), 0.0F)) / kMany - 0.2) < 2e-3);
  check_close(ops::dropout(ones, 0.0, state_of(10)), ones, 0, 0);
  check_close(ops::dropout(ones, 1.0, state_of(10)), ops::zeros({kMany}), 0, 0);
}

BOOST_AUTO_TEST_CASE(a_noise_shape_ties_elements_together) {
  const Tensor dropped = ops::dropout(ops::ones({8, 5, 16}), 0.5, state_of(11), {kUnknown, 1, 16});
  const std::vector<float> values = dropped.to_vector<float>();
  for (std::size_t i = 0; i < 8; ++i) {
    for (std::size_t j = 1; j < 5; ++j) {
      for (std::size_t k = 0; k < 16; ++k) BOOST_REQUIRE(values[(i * 5 + j) * 16 + k] == values[i * 80 + k]);
    }
  }
}

BOOST_AUTO_TEST_CASE(gradient_of_dropout_uses_the_same_mask) {
  const Tensor x = uniform({3, 50}, 1);
  const Tensor state = state_of(12);
  const auto dropped = [&](const Tensors& t) -> Tensors { return {ops::dropout(t[0], 0.4, state)}; };
  const auto tied = [&](const Tensors& t) -> Tensors { return {ops::dropout(t[0], 0.4, state, {3, 1})}; };
  test::check_gradients(dropped, {x});
  test::check_second_gradients(dropped, {x});
  test::check_gradients(tied, {x});
}

// Sizes below, at and above groups of 64. Of uniform numbers only the last rounding may differ; normal numbers of
// float32 come from a logarithm, a root and a sine that are good to some units of 6e-8, times at most 6.8.
BOOST_AUTO_TEST_CASE(cpu_kernels_equal_the_reference) {
  const Tensor state = state_of(-5, std::int64_t{1} << 40);
  for (std::int64_t size : {0, 1, 63, 64, 65, 1000, 100003}) {
    const Attributes shape{
        {"shape", std::vector<std::int64_t>{size}}, {"dtype", float32}, {"low", -0.3}, {"high", 0.7}};
    test::check_cpu_kernel("random_uniform", shape, {state}, 0, 1e-7);
    test::check_cpu_kernel("random_normal", shape, {state}, 0, 2e-6);
    const Tensor x = as_float32(uniform({size}, 1));
    for (double rate : {0.0, 0.3, 1.0}) {
      test::check_cpu_kernel("dropout", {{"rate", rate}, {"shared", std::vector<std::int64_t>{}}}, {x, state}, 0, 0);
    }
  }
  const Tensor x = as_float32(uniform({40, 9, 130}, 1));
  for (const std::vector<std::int64_t>& shared :
       std::vector<std::vector<std::int64_t>>{{0}, {1}, {2}, {0, 2}, {0, 1, 2}}) {
    test::check_cpu_kernel("dropout", {{"rate", 0.5}, {"shared", shared}}, {x, state}, 0, 0);
  }
}

BOOST_AUTO_TEST_CASE(rejects_what_is_no_rate_or_state) {
  const Tensor x = Tensor::empty({2, 3});
  BOOST_TEST(test::message_of<InvalidArgument>([&] { (void)ops::dropout(x, 1.5, state_of(1)); }) ==
             "dropout: rate must be in [0, 1]; got 1.500000");
  BOOST_TEST(test::message_of<ShapeError>([&] {
               (void)ops::dropout(x, 0.5, state_of(1), {2, 2});
             }) == "dropout: expected a noise_shape with 1 or the size of x for each axis of x (2, 3); got (2, 2)");
  BOOST_TEST(test::message_of<ShapeError>([&] { (void)ops::random_uniform({2}, Tensor::empty({3}, int64)); }) ==
             "random_uniform: expected a random state of shape (2,), from SeedGenerator::next(); got (3,)");
  BOOST_TEST(test::message_of<DTypeError>([&] { (void)ops::random_uniform({2}, Tensor::empty({2})); }) ==
             "random_uniform: expected a random state of int64, from SeedGenerator::next(); got float32");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
