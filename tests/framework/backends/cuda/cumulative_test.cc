// cumsum and cumprod on a card: the emulated one, or this machine's.

#include <boost/test/unit_test.hpp>
#include <limits>

#include "framework/kernel.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"
#include "tests/framework/backends/cuda/emulation/nvrtc_check.h"
#include "tests/framework/backends/cuda/emulation/placement_check.h"
#include "tests/support/kernel_test.h"

namespace cornu::test {
namespace {

Attributes along(std::int64_t axis, bool reverse = false) { return {{"axis", axis}, {"reverse", reverse}}; }

// Both orders; sums in double, so that what differs is their last rounding.
void check_sums(TestCard& card, const Shape& shape, std::int64_t axis) {
  constexpr double kEpsilon = std::numeric_limits<float>::epsilon();
  for (const bool reverse : {false, true}) {
    check_on_card(card, "cumsum", along(axis, reverse), {uniform_float32(shape, 1)}, kEpsilon, 1e-12);
  }
}

Tensor typed(const Tensor& x, DType dtype) {
  return run_kernel(Backend::kReference, "cast", {{"dtype", dtype}}, {x})[0];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_cumulative)

BOOST_AUTO_TEST_CASE(sums_equal_the_reference) {
  TestCard card;
  check_sums(card, {1}, 0);
  check_sums(card, {5000}, 0);
  check_sums(card, {3, 1024}, 1);
  check_sums(card, {3, 1025, 2}, 1);
  check_sums(card, {2, 7, 2100}, 1);
  check_sums(card, {2, 0, 3}, 1);
}

BOOST_AUTO_TEST_CASE(products_equal_the_reference) {
  TestCard card;
  check_on_card(card, "cumprod", along(1), {uniform_float32({3, 1100}, 1, 0.9, 1.1)}, 2e-7);
  check_on_card(card, "cumprod", along(0, true), {uniform_float32({6, 5000}, 1, 0.9, 1.1)}, 2e-7);
}

BOOST_AUTO_TEST_CASE(serves_float64_and_integers) {
  TestCard card;
  check_on_card(card, "cumsum", along(0), {widened(uniform_float32({3000}, 1))}, 1e-13, 1e-13);
  for (const DType dtype : {DType::kInt8, DType::kInt32, DType::kInt64, DType::kUInt8, DType::kUInt32}) {
    const Tensor x = typed(uniform_float32({2, 1500}, 1, -100, 100), dtype);
    check_on_card(card, "cumsum", along(1), {x});
    check_on_card(card, "cumprod", along(1), {x});
  }
}

BOOST_AUTO_TEST_CASE(low_precision_is_added_up_in_double_and_rounded) {
  TestCard card;
  const Tensor x = typed(uniform_float32({2, 1500}, 1, 0, 1), DType::kBFloat16);
  const Tensor sums = run_kernel(Backend::kReference, "cumsum", along(1), {typed(x, DType::kFloat32)})[0];
  const Tensor y = run_on_card(card, "cumsum", along(1), {x})[0];
  BOOST_TEST(y.to_vector<float>() == typed(sums, DType::kBFloat16).to_vector<float>());
}

BOOST_AUTO_TEST_CASE(works_in_place) {
  TestCard card;
  check_in_place(card, "cumsum", along(1), {uniform_float32({2, 1500}, 1)});
  check_in_place(card, "cumsum", along(0, true), {uniform_float32({3, 5000}, 1)});
}

BOOST_AUTO_TEST_CASE(long_lines_have_a_block_and_many_lines_a_thread_each) {
  const auto plan = [](const Shape& shape) {
    const TensorSpecs specs{{shape, DType::kFloat32}};
    return compile_kernel_of(Backend::kCuda, {"cumsum", along(1), specs, specs})->implementation();
  };
  BOOST_TEST(plan({8, 100000}) == "accumulate_line_by_block<<<8, 256>>>");
  BOOST_TEST(plan({64, 50, 64}) == "accumulate_lines<<<16, 256>>>");
  BOOST_TEST(plan({2, 50, 64}) == "accumulate_line_by_block<<<128, 256>>>");
}

BOOST_AUTO_TEST_CASE(nvrtc_compiles_all) {
  for (const DType dtype : {DType::kFloat32, DType::kFloat16, DType::kInt32}) {
    check_nvrtc_compiles("cumsum", along(1), {{{8, 100000}, dtype}}, kEveryCard);
    check_nvrtc_compiles("cumprod", along(1, true), {{{64, 50, 64}, dtype}});
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
