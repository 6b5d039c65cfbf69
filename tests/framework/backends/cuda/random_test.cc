// Random numbers on a card, the emulated one or this machine's: the CPU's, bit by bit where no logarithm is involved.

#include <boost/test/unit_test.hpp>
#include <vector>

#include "framework/kernel.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"
#include "tests/framework/backends/cuda/emulation/nvrtc_check.h"
#include "tests/framework/backends/cuda/emulation/placement_check.h"
#include "tests/support/kernel_test.h"

namespace cornu::test {
namespace {

using Integers = std::vector<std::int64_t>;

// All four words of the seed and the number of the draw matter.
Tensor state() { return Tensor::copy<std::int64_t>({-1234567890123456789, 9876543210987}, {2}); }

// Less than a counter's elements, groups of 64 and what is left of them, several blocks.
constexpr std::int64_t kCounts[] = {0, 1, 15, 16, 17, 48, 63, 64, 65, 130, 5000};
// The same for what is shared out in the same way.
constexpr std::int64_t kFewCounts[] = {1, 17, 65, 5000};

Attributes shaped(std::int64_t count, DType dtype) { return {{"shape", Integers{count}}, {"dtype", dtype}}; }

Attributes uniform_attributes(std::int64_t count, DType dtype, double low, double high) {
  Attributes attributes = shaped(count, dtype);
  attributes.set("low", low);
  attributes.set("high", high);
  return attributes;
}

Attributes integer_attributes(std::int64_t count, std::int64_t low, std::int64_t high) {
  Attributes attributes = shaped(count, DType::kInt32);
  attributes.set("low", low);
  attributes.set("high", high);
  return attributes;
}

Attributes dropout_attributes(double rate, const Integers& shared = {}) { return {{"rate", rate}, {"shared", shared}}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_random)

BOOST_AUTO_TEST_CASE(uniform_numbers_are_the_cpus) {
  TestCard card;
  for (const std::int64_t count : kCounts) {
    check_on_card(card, "random_uniform", uniform_attributes(count, DType::kFloat32, 0.0, 1.0), {state()});
  }
  check_on_card(card, "random_uniform", uniform_attributes(5000, DType::kFloat32, -0.3, 0.1), {state()});
  check_on_card(card, "random_uniform", uniform_attributes(5000, DType::kFloat32, 1.0, 1.0000005), {state()});
  check_on_card(card, "random_uniform", uniform_attributes(3000, DType::kFloat64, -0.3, 0.1), {state()});
}

BOOST_AUTO_TEST_CASE(normal_numbers_are_the_cpus_but_for_the_last_places) {
  TestCard card;
  for (const std::int64_t count : kFewCounts) {
    check_on_card(card, "random_normal", shaped(count, DType::kFloat32), {state()}, 4e-7, 1e-8);
  }
  check_on_card(card, "random_normal", shaped(3000, DType::kFloat64), {state()}, 1e-14, 1e-15);
}

BOOST_AUTO_TEST_CASE(low_precision_is_float32_rounded) {
  TestCard card;
  for (const DType dtype : {DType::kFloat16, DType::kBFloat16}) {
    const auto check = [&](const char* operation, Attributes attributes) {
      const Tensor narrow = run_on_card(card, operation, attributes, {state()})[0];
      attributes.set("dtype", DType::kFloat32);
      const Tensors wide = run_on_card(card, operation, attributes, {state()});
      const Tensor rounded = run_kernel(Backend::kReference, "cast", {{"dtype", dtype}}, wide)[0];
      BOOST_TEST(narrow.to_vector<float>() == rounded.to_vector<float>());
    };
    check("random_uniform", uniform_attributes(200, dtype, 0.0, 1.0));
    check("random_normal", shaped(200, dtype));
  }
}

BOOST_AUTO_TEST_CASE(integers_are_the_cpus) {
  TestCard card;
  for (const std::int64_t count : kFewCounts) {
    check_on_card(card, "random_integers", integer_attributes(count, -7, 1000), {state()});
  }
  check_on_card(card, "random_integers", integer_attributes(1000, INT32_MIN, std::int64_t{INT32_MAX} + 1), {state()});
}

BOOST_AUTO_TEST_CASE(dropout_drops_what_the_cpu_drops) {
  TestCard card;
  for (const std::int64_t count : kFewCounts) {
    check_on_card(card, "dropout", dropout_attributes(0.3), {uniform_float32({count}, 1), state()});
  }
  const Tensor x = uniform_float32({7, 30}, 2);
  for (const double rate : {0.0, 0.999, 1.0}) check_on_card(card, "dropout", dropout_attributes(rate), {x, state()});
  check_on_card(card, "dropout", dropout_attributes(0.3), {widened(x), state()});
}

BOOST_AUTO_TEST_CASE(axes_share_their_fate) {
  TestCard card;
  const Tensor x = uniform_float32({5, 6, 70}, 2);
  for (const Integers& shared : {Integers{0}, Integers{1}, Integers{2}, Integers{0, 2}, Integers{0, 1, 2}}) {
    check_on_card(card, "dropout", dropout_attributes(0.4, shared), {x, state()});
  }
  check_on_card(card, "dropout", dropout_attributes(0.4, {1}), {widened(x), state()});
}

BOOST_AUTO_TEST_CASE(dropout_in_low_precision_is_float32_rounded) {
  TestCard card;
  const Attributes narrowing{{"dtype", DType::kBFloat16}};
  const Tensor x = run_kernel(Backend::kReference, "cast", narrowing, {uniform_float32({300}, 2)})[0];
  const Tensor wide = run_kernel(Backend::kReference, "cast", {{"dtype", DType::kFloat32}}, {x})[0];
  const Tensor y = run_on_card(card, "dropout", dropout_attributes(0.3), {x, state()})[0];
  const Tensors expected = run_kernel(Backend::kReference, "dropout", dropout_attributes(0.3), {wide, state()});
  BOOST_TEST(y.to_vector<float>() ==
             run_kernel(Backend::kReference, "cast", narrowing, expected)[0].to_vector<float>());
}

BOOST_AUTO_TEST_CASE(dropout_works_in_place) {
  TestCard card;
  check_in_place(card, "dropout", dropout_attributes(0.3), {uniform_float32({7, 30}, 1), state()});
  check_in_place(card, "dropout", dropout_attributes(0.3, {0}), {uniform_float32({7, 30}, 1), state()});
}

BOOST_AUTO_TEST_CASE(a_thread_makes_four_numbers_of_a_counter) {
  const Attributes attributes = dropout_attributes(0.3);
  const TensorSpecs specs{{{1024, 64}, DType::kFloat32}, {{2}, DType::kInt64}};
  const auto kernel = compile_kernel_of(Backend::kCuda, {"dropout", attributes, specs, {specs.data(), 1}});
  BOOST_TEST(kernel->implementation() == "dropout<<<64, 256>>>");
}

BOOST_AUTO_TEST_CASE(nvrtc_compiles_all) {
  const TensorSpec seed{{2}, DType::kInt64};
  for (const DType dtype : {DType::kFloat32, DType::kFloat64, DType::kFloat16, DType::kBFloat16}) {
    check_nvrtc_compiles("random_uniform", uniform_attributes(5000, dtype, 0.0, 1.0), {seed});
    check_nvrtc_compiles("random_normal", shaped(5000, dtype), {seed});
    check_nvrtc_compiles("dropout", dropout_attributes(0.3), {{{64, 32}, dtype}, seed});
    check_nvrtc_compiles("dropout", dropout_attributes(0.3, {0}), {{{64, 32}, dtype}, seed});
  }
  check_nvrtc_compiles("random_normal", shaped(5000, DType::kFloat32), {seed}, {{8, 0}, {10, 0}});
  check_nvrtc_compiles("random_integers", integer_attributes(5000, -7, 1000), {seed});
  check_nvrtc_compiles("random_normal", shaped(std::int64_t{1} << 32, DType::kFloat32), {seed});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
