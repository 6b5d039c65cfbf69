// softmax and its kin on a card: the emulated one, or this machine's.

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>
#include <limits>

#include "framework/backends/cuda/launch.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"
#include "tests/framework/backends/cuda/emulation/nvrtc_check.h"
#include "tests/support/gradient_check.h"
#include "tests/support/kernel_test.h"

namespace cornu::test {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

Attributes along(std::int64_t axis) { return {{"axis", axis}}; }

std::unique_ptr<Kernel> kernel_of(const std::string& operation, std::int64_t axis, const TensorSpecs& inputs) {
  const Attributes attributes = along(axis);
  return compile_kernel_of(Backend::kCuda, {operation, attributes, inputs, {inputs.data(), 1}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_softmax)

BOOST_AUTO_TEST_CASE(lines_along_any_axis_equal_the_reference) {
  TestCard card;
  // Where `logarithm` is false, log_softmax would be folded as softmax is: each distinct text takes the host's compiler
  // a while.
  const struct {
    Shape shape;
    std::int64_t axis;
    bool logarithm;
  } cases[] = {{{5, 10}, 1, true},    {{64, 1000}, 1, false},  {{2, 30001}, 1, false},
               {{3, 7, 5}, 1, false}, {{6, 200, 64}, 1, true}, {{40, 5, 1024}, 1, false},
               {{7, 3}, 0, false},    {{5, 1}, 1, false},      {{0, 3}, 1, true}};
  for (const auto& [shape, axis, logarithm] : cases) {
    BOOST_TEST_CONTEXT("shape " << shape.to_string()) {
      const Tensor x = uniform_float32(shape, 1, -5, 5);
      const Tensor dy = uniform_float32(shape, 2);
      check_on_card(card, "softmax", along(axis), {x}, 2e-6);
      const Tensor y = run_kernel(Backend::kReference, "softmax", along(axis), {x})[0];
      check_on_card(card, "softmax_gradient", along(axis), {y, dy}, 2e-6, 1e-7);
      if (!logarithm) continue;
      check_on_card(card, "log_softmax", along(axis), {x}, 2e-6, 1e-6);
      const Tensor log_y = run_kernel(Backend::kReference, "log_softmax", along(axis), {x})[0];
      check_on_card(card, "log_softmax_gradient", along(axis), {log_y, dy}, 5e-6, 1e-5);
    }
  }
}

BOOST_AUTO_TEST_CASE(float64_is_computed_in_float64) {
  TestCard card;
  const Tensor x = uniform({6, 37}, 1, -5, 5);
  check_on_card(card, "softmax", along(1), {x}, 1e-14);
  check_on_card(card, "log_softmax", along(1), {x}, 1e-14);
  check_on_card(card, "softmax_gradient", along(1), {uniform({6, 37}, 3, 0, 1), x}, 1e-13, 1e-14);
  check_on_card(card, "log_softmax_gradient", along(1), {uniform({6, 37}, 3, -3, 0), x}, 1e-13, 1e-14);
}

// float16 and bfloat16 have no reference: the result in float, rounded, is what they are to be.
BOOST_AUTO_TEST_CASE(low_precision_is_computed_in_float) {
  TestCard card;
  const Tensor x = Tensor::copy<float>({1, -2, 0.5, 3, 0.25, -1, 2, 0}, {1, 8});
  const Tensor wanted = run_kernel(Backend::kReference, "softmax", along(1), {x})[0];
  for (const DType dtype : {DType::kFloat16, DType::kBFloat16}) {
    const Tensor half = run_on_card(card, "cast", {{"dtype", dtype}}, {x})[0];
    const Tensor y = run_on_card(card, "softmax", along(1), {half})[0];
    BOOST_TEST((y.dtype() == dtype));
    const double rounding = dtype == DType::kFloat16 ? 0x1p-11 : 0x1p-8;
    for (std::size_t i = 0; i < 8; ++i) {
      BOOST_TEST(std::abs(y.to_vector<double>()[i] - wanted.to_vector<double>()[i]) <=
                 1.01 * rounding * wanted.to_vector<double>()[i]);
    }
  }
}

// Of a line each element may be the peak, and each the first that a thread sees.
BOOST_AUTO_TEST_CASE(infinities_and_nan_are_the_reference_s) {
  TestCard card;
  constexpr float kLarge = 3e38F;
  const Tensor x = Tensor::copy<float>({-kInfinity, 1,          2,           //
                                        -kInfinity, -kInfinity, -kInfinity,  //
                                        1,          kInfinity,  2,           //
                                        1,          2,          kNan,        //
                                        kLarge,     -kLarge,    1,           //
                                        -kLarge,    -kInfinity, -kInfinity,  //
                                        kInfinity,  -kInfinity, 0,           //
                                        1000,       1001,       -1000},
                                       {8, 3});
  // Of so many lines each has one thread, which finds the peak by itself.
  Tensor many = Tensor::empty({72000, 3}, float32);
  for (std::size_t i = 0; i < 72000 * 3; ++i) many.mutable_data<float>()[i] = x.data<float>()[i % 24];
  for (const char* operation : {"softmax", "log_softmax"}) {
    check_on_card(card, operation, along(1), {x}, 2e-6);
    check_on_card(card, operation, along(0), {x}, 2e-6);
    check_on_card(card, operation, along(1), {many}, 2e-6);
  }
}

BOOST_AUTO_TEST_CASE(the_output_may_be_the_memory_of_an_input) {
  TestCard card;
  const Tensor x = uniform_float32({50, 70}, 1, -5, 5);
  const auto kernel = kernel_of("softmax", 1, {x.spec()});
  BOOST_TEST_REQUIRE((kernel != nullptr));
  BOOST_TEST(kernel->can_share(0, 0));
  BOOST_TEST(kernel_of("softmax_gradient", 1, {x.spec(), x.spec()})->can_share(1, 0));
  Queue& queue = card.queue();
  const auto lock = queue.lock();
  const Storage memory = queue.allocate(x.num_bytes(), "x and y");
  const Storage staging = queue.allocate_on_host(x.num_bytes());
  std::memcpy(staging.get(), x.raw(), x.num_bytes());
  queue.copy(memory.get(), staging.get(), x.num_bytes());
  const void* input = memory.get();
  void* output = memory.get();
  kernel->run({&input, &output, nullptr, &queue});
  queue.copy(staging.get(), memory.get(), x.num_bytes());
  queue.finish();
  const Tensor y = Tensor::from_storage(staging, x.spec());
  check_close(y, run_kernel(Backend::kReference, "softmax", along(1), {x})[0], 2e-6, 0);
}

BOOST_AUTO_TEST_CASE(short_lines_share_a_block) {
  BOOST_TEST(kernel_of("softmax", 1, {{{100000, 10}, float32}})->implementation() == "softmax_of_lines<<<1563, 256>>>");
  BOOST_TEST(kernel_of("softmax", 1, {{{64, 30000}, float32}})->implementation() == "softmax_of_lines<<<64, 256>>>");
}

BOOST_AUTO_TEST_CASE(nvrtc_compiles_them) {
  const TensorSpec x{{6, 200, 64}, float32};
  check_nvrtc_compiles("softmax", along(2), {x}, kEveryCard);
  check_nvrtc_compiles("log_softmax", along(1), {x}, kEveryCard);
  check_nvrtc_compiles("softmax_gradient", along(1), {x, x}, kEveryCard);
  check_nvrtc_compiles("log_softmax_gradient", along(2), {x, x}, kEveryCard);
  for (const DType dtype : {DType::kFloat64, DType::kFloat16, DType::kBFloat16}) {
    check_nvrtc_compiles("softmax", along(1), {{x.shape, dtype}});
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
