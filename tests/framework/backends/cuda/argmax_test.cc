// argmax and argmin on a card: the emulated one, or this machine's.

#include <boost/test/unit_test.hpp>
#include <limits>

#include "framework/backends/cuda/launch.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"
#include "tests/framework/backends/cuda/emulation/nvrtc_check.h"
#include "tests/support/kernel_test.h"

namespace cornu::test {
namespace {

Attributes along(std::int64_t axis, bool keepdims = false) { return {{"axis", axis}, {"keepdims", keepdims}}; }

// Small whole numbers, so that most lines have several greatest elements.
template <typename T> Tensor small_numbers(const Shape& shape) {
  Tensor result = Tensor::empty(shape, dtype_for<T>());
  auto values = result.mutable_data<T>();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<T>(i * 7919 % 5);
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_argmax)

BOOST_AUTO_TEST_CASE(places_along_any_axis_equal_the_reference) {
  TestCard card;
  const struct {
    Shape shape;
    std::int64_t axis;
  } cases[] = {{{64, 10}, 1},   {{3, 5, 7}, 1}, {{40, 5, 1024}, 1}, {{2, 3000}, 1},
               {{40000, 5}, 0}, {{100000}, 0},  {{5, 1}, 1},        {{0, 3}, 1}};
  for (const auto& [shape, axis] : cases) {
    BOOST_TEST_CONTEXT("shape " << shape.to_string()) {
      const Tensor x = uniform_float32(shape, 1);
      check_on_card(card, "argmax", along(axis), {x});
      check_on_card(card, "argmin", along(axis, true), {x});
      // Of equals the first.
      check_on_card(card, "argmax", along(axis), {small_numbers<float>(shape)});
    }
  }
}

BOOST_AUTO_TEST_CASE(other_dtypes_equal_the_reference) {
  TestCard card;
  const Shape shape{12, 40};
  for (const Tensor& x : {small_numbers<double>(shape), small_numbers<std::int64_t>(shape),
                          small_numbers<std::uint8_t>(shape), small_numbers<bool>(shape)}) {
    check_on_card(card, "argmin", along(1), {x});
  }
  const Tensor half = run_on_card(card, "cast", {{"dtype", DType::kFloat16}}, {small_numbers<float>(shape)})[0];
  BOOST_TEST(run_on_card(card, "argmax", along(1), {half})[0].to_vector<int>() ==
                 run_on_card(card, "argmax", along(1), {small_numbers<float>(shape)})[0].to_vector<int>(),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_first_nan_wins) {
  TestCard card;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const Tensor x = Tensor::copy<float>({1,          kNan,       kNan,       kInfinity,   //
                                        -kInfinity, -kInfinity, -kInfinity, -kInfinity,  //
                                        kInfinity,  kInfinity,  1,          -kInfinity,  //
                                        kNan,       1,          2,          3,           //
                                        -0.0F,      0.0F,       -0.0F,      0.0F},
                                       {5, 4});
  for (const char* operation : {"argmax", "argmin"}) {
    check_on_card(card, operation, along(1), {x});
    check_on_card(card, operation, along(0), {x});
  }
}

BOOST_AUTO_TEST_CASE(a_long_line_takes_two_launches) {
  const Attributes attributes = along(0);
  const TensorSpecs specs{{{1 << 20}, float32}};
  const TensorSpec output{{}, int32};
  BOOST_TEST(compile_kernel_of(Backend::kCuda, {"argmax", attributes, specs, {&output, 1}})->implementation() ==
             "argmax_of_lines_parts<<<128, 256>>> argmax_of_lines<<<1, 128>>>");
}

BOOST_AUTO_TEST_CASE(nvrtc_compiles_them) {
  for (const DType dtype : {DType::kFloat32, DType::kFloat64, DType::kFloat16, DType::kInt32, DType::kBool}) {
    check_nvrtc_compiles("argmax", along(1), {{{64, 10}, dtype}}, dtype == DType::kFloat32 ? kEveryCard : kHopper);
  }
  check_nvrtc_compiles("argmin", along(0), {{{1 << 20}, float32}}, kEveryCard);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
