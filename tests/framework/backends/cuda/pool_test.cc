// Pooling on a card: the emulated one, or this machine's.

#include <boost/test/unit_test.hpp>
#include <limits>
#include <string>
#include <vector>

#include "framework/kernel.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"
#include "tests/framework/backends/cuda/emulation/nvrtc_check.h"
#include "tests/framework/backends/cuda/emulation/placement_check.h"
#include "tests/support/kernel_test.h"

namespace cornu::test {
namespace {

struct Case {
  Shape x;
  std::vector<std::int64_t> window;
  std::vector<std::int64_t> strides;
  std::string padding;
};

// Exact tiles, overlaps, gaps, windows cut by the borders, one to three axes; channels in packs and not.
std::vector<Case> cases() {
  return {{{2, 8, 6, 16}, {2, 2}, {2, 2}, "valid"},   {{2, 9, 7, 4}, {3, 3}, {2, 2}, "same"},
          {{2, 9, 8, 3}, {3, 2}, {1, 1}, "same"},     {{3, 11, 8}, {2}, {3}, "valid"},
          {{3, 28, 28, 12}, {3, 3}, {2, 2}, "valid"}, {{2, 4, 5, 6, 4}, {2, 2, 3}, {2, 1, 3}, "same"},
          {{1, 20, 20, 2}, {17, 17}, {3, 3}, "same"}, {{0, 8, 6, 4}, {2, 2}, {2, 2}, "valid"},
          {{2, 8, 6, 0}, {2, 2}, {2, 2}, "same"},     {{2, 0, 6, 3}, {2, 2}, {2, 2}, "same"}};
}

Attributes attributes_of(const Case& c, std::int64_t dilation = 1) {
  return {{"window", c.window},
          {"strides", c.strides},
          {"dilation", std::vector<std::int64_t>(c.window.size(), dilation)},
          {"padding", c.padding}};
}

// Few different values, so that most windows have several greatest elements; and some NaN.
Tensor with_ties(const Shape& shape, std::uint64_t seed) {
  Tensor x = uniform_float32(shape, seed, -2, 3);
  std::size_t i = 0;
  for (float& value : x.mutable_data<float>()) {
    value = ++i % 29 == 0 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(static_cast<int>(value));
  }
  return x;
}

constexpr double kEpsilon = std::numeric_limits<float>::epsilon();

void check_all(TestCard& card, const Case& c, const Attributes& attributes, Tensor (*typed)(const Tensor&)) {
  const Tensor x = typed(with_ties(c.x, 1));
  const Shape y = inferred("max_pool", attributes, {x})[0].shape;
  const Tensor dy = typed(uniform_float32(y, 2));
  check_on_card(card, "max_pool", attributes, {x});
  check_on_card(card, "max_pool_gather", attributes, {x, typed(uniform_float32(c.x, 3))});
  check_on_card(card, "max_pool_gradient", attributes, {x, dy});
  const Tensor numbers = typed(uniform_float32(c.x, 4));
  check_on_card(card, "average_pool", attributes, {numbers}, 8 * kEpsilon, 8 * kEpsilon);
  check_on_card(card, "average_pool_gradient", attributes, {dy, numbers}, 8 * kEpsilon, 8 * kEpsilon);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_pool)

BOOST_AUTO_TEST_CASE(equals_the_reference) {
  TestCard card;
  for (const Case& c : cases()) {
    check_all(card, c, attributes_of(c), [](const Tensor& x) { return x; });
  }
}

BOOST_AUTO_TEST_CASE(serves_float64_and_dilation) {
  TestCard card;
  const Case c{{2, 9, 8, 6}, {3, 2}, {2, 1}, "same"};
  check_all(card, c, attributes_of(c, 2), [](const Tensor& x) { return widened(x); });
}

BOOST_AUTO_TEST_CASE(float16_is_computed_in_float32_and_rounded) {
  TestCard card;
  for (const DType dtype : {DType::kFloat16, DType::kBFloat16}) {
    const Attributes attributes = attributes_of({{2, 9, 7, 16}, {3, 3}, {2, 2}, "same"});
    const Tensor x = run_on_card(card, "cast", {{"dtype", dtype}}, {uniform_float32({2, 9, 7, 16}, 1)})[0];
    const Tensor wide = run_on_card(card, "cast", {{"dtype", DType::kFloat32}}, {x})[0];
    for (const char* operation : {"max_pool", "average_pool"}) {
      const Tensor narrow = run_on_card(card, operation, attributes, {x})[0];
      const Tensor expected =
          run_on_card(card, "cast", {{"dtype", dtype}}, run_on_card(card, operation, attributes, {wide}))[0];
      BOOST_TEST(narrow.to_vector<double>() == expected.to_vector<double>());
    }
  }
}

// What the compiler makes of max_pool and its gradient together gives what the gradient gives alone.
BOOST_AUTO_TEST_CASE(kept_winners_lead_to_the_same_gradient) {
  TestCard card;
  for (const Case& c : cases()) {
    if (c.window.back() > 16) continue;
    Attributes attributes = attributes_of(c);
    const Tensor x = with_ties(c.x, 1);
    const Tensors kept = run_on_card(card, "max_pool_and_winners", attributes, {x});
    const Tensors cpu = run_kernel(Backend::kCpu, "max_pool_and_winners", attributes, {x});
    BOOST_TEST(kept[1].to_vector<int>() == cpu[1].to_vector<int>());
    const Tensor dy = uniform_float32(kept[0].shape(), 2);
    const Tensor expected = run_kernel(Backend::kReference, "max_pool_gradient", attributes, {x, dy})[0];
    attributes.set("shape", c.x.dims());
    const Tensor dx = run_on_card(card, "max_pool_scatter", attributes, {kept[1], dy})[0];
    BOOST_TEST(dx.to_vector<float>() == expected.to_vector<float>());
  }
}

BOOST_AUTO_TEST_CASE(operands_need_no_more_than_the_alignment_of_an_element) {
  TestCard card;
  const Attributes attributes = attributes_of({{2, 8, 6, 16}, {2, 2}, {2, 2}, "valid"});
  const Tensor x = uniform_float32({2, 8, 6, 16}, 1);
  const Tensor dy = uniform_float32({2, 4, 3, 16}, 2);
  for (const char* operation : {"max_pool", "max_pool_and_winners", "average_pool"})
    check_unaligned(card, operation, attributes, {x});
  check_unaligned(card, "max_pool_gradient", attributes, {x, dy});
  check_unaligned(card, "average_pool_gradient", attributes, {dy, x});
}

BOOST_AUTO_TEST_CASE(the_gradient_keeps_a_byte_for_each_window) {
  const Attributes attributes = attributes_of({{32, 28, 28, 32}, {2, 2}, {2, 2}, "valid"});
  const TensorSpecs specs{{{32, 28, 28, 32}, DType::kFloat32}, {{32, 14, 14, 32}, DType::kFloat32}};
  const auto kernel = compile_kernel_of(Backend::kCuda, {"max_pool_gradient", attributes, specs, {&specs[0], 1}});
  BOOST_TEST(kernel->implementation() == "max_pool_winners<<<196, 256>>> max_pool_scatter<<<784, 256>>>");
  BOOST_TEST(kernel->scratch_bytes() == 32u * 14 * 14 * 32);
}

BOOST_AUTO_TEST_CASE(nvrtc_compiles_all) {
  for (const DType dtype : {DType::kFloat32, DType::kFloat16}) {
    const TensorSpec x{{32, 28, 28, 64}, dtype};
    const TensorSpec y{{32, 14, 14, 64}, dtype};
    Attributes attributes = attributes_of({x.shape, {3, 3}, {2, 2}, "same"});
    check_nvrtc_compiles("max_pool", attributes, {x}, kEveryCard);
    check_nvrtc_compiles("max_pool_and_winners", attributes, {x});
    check_nvrtc_compiles("max_pool_gather", attributes, {x, x});
    check_nvrtc_compiles("max_pool_gradient", attributes, {x, y});
    check_nvrtc_compiles("average_pool", attributes, {x});
    check_nvrtc_compiles("average_pool_gradient", attributes, {y, x});
  }
  // More elements than 32 bits count.
  const TensorSpec large{{1 << 14, 64, 64, 64}, DType::kFloat32};
  check_nvrtc_compiles("max_pool", attributes_of({large.shape, {2, 2}, {2, 2}, "valid"}), {large});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
