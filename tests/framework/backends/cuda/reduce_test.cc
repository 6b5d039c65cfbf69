// Reductions on a card: the emulated one, or this machine's.

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <limits>

#include "framework/backends/cuda/launch.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"
#include "tests/framework/backends/cuda/emulation/nvrtc_check.h"
#include "tests/support/kernel_test.h"

namespace cornu::test {
namespace {

using Axes = std::vector<std::int64_t>;

Attributes over(const Axes& axes, bool keepdims = false) { return {{"axes", axes}, {"keepdims", keepdims}}; }

// Whole numbers between -9 and 9, of any dtype: their sums are exact.
Tensor whole_numbers(const Shape& shape, DType dtype) {
  Tensor result = Tensor::empty(shape, dtype);
  visit_dtype(dtype, [&](auto zero) {
    using T = decltype(zero);
    auto values = result.mutable_data<T>();
    for (std::size_t i = 0; i < values.size(); ++i) {
      const int value = static_cast<int>(i * 7919 % 19) - 9;
      if constexpr (std::is_same_v<T, bool>) {
        values[i] = value > 0;
      } else if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>) {
        values[i] = T(static_cast<float>(value));
      } else {
        values[i] = static_cast<T>(value);
      }
    }
  });
  return result;
}

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_reduce)

BOOST_AUTO_TEST_CASE(sums_over_any_axes_equal_the_reference) {
  TestCard card;
  const struct {
    Shape shape;
    Axes axes;
  } cases[] = {{{64}, {0}},
               {{1}, {0}},
               {{}, {}},
               {{7, 5}, {}},
               {{32, 128}, {1}},
               {{32, 128}, {0}},

               {{3, 5, 7}, {1}},
               {{6, 5, 8}, {0, 2}},
               {{6, 5, 3, 4}, {1, 3}},
               {{6, 5, 3, 4}, {0, 2}},

               {{64, 3136}, {0}},
               {{128, 32, 32, 16}, {0, 1, 2}},
               {{40, 5, 1024}, {1}},
               {{3, 2, 20000}, {0, 2}},
               {{200001}, {0}}};
  for (const auto& [shape, axes] : cases) {
    BOOST_TEST_CONTEXT("shape " << shape.to_string()) {
      // Sums in float of n numbers below 1, as a tree of short chains.
      check_on_card(card, "sum", over(axes), {uniform_float32(shape, 1)}, 1e-6, 1e-4);
    }
  }
}

BOOST_AUTO_TEST_CASE(sums_of_many_numbers_stay_accurate) {
  TestCard card;
  check_on_card(card, "sum", over({0}), {uniform_float32({1 << 20}, 1, 0, 1)}, 3e-7);
  check_on_card(card, "sum", over({0}), {uniform_float32({1 << 16, 5}, 1, 0, 1)}, 3e-7);
}

BOOST_AUTO_TEST_CASE(every_fold_equals_the_reference_for_every_dtype) {
  TestCard card;
  const Shape shape{3, 40, 12};
  // Of each dtype two folds, in the one form and the other: a distinct text takes the host's compiler a while.
  const char* const folds[][2] = {{"sum", "max"}, {"prod", "min"}, {"max", "sum"}, {"min", "prod"}};
  std::size_t turn = 0;
  for (const DType dtype : {DType::kFloat32, DType::kFloat64, DType::kInt8, DType::kInt32, DType::kUInt8, DType::kInt64,
                            DType::kBool, DType::kUInt32}) {
    BOOST_TEST_CONTEXT(name_of(dtype)) {
      check_on_card(card, folds[turn % 4][0], over({1}), {whole_numbers(shape, dtype)}, 1e-6);
      check_on_card(card, folds[turn % 4][1], over({0, 2}), {whole_numbers(shape, dtype)}, 1e-6);
      ++turn;
    }
  }
  for (const char* operation : {"any", "all"}) {
    check_on_card(card, operation, over({1}), {whole_numbers({50, 3, 4}, DType::kBool)});
    check_on_card(card, operation, over({2}, true), {whole_numbers({50, 3, 4}, DType::kBool)});
  }
}

// Of low precision there is no reference; sums of whole numbers are exact.
BOOST_AUTO_TEST_CASE(low_precision_is_folded_in_float) {
  TestCard card;
  for (const DType dtype : {DType::kFloat16, DType::kBFloat16}) {
    for (const auto& [operation, axes] : {std::pair<std::string, Axes>{"sum", {0}}, {"sum", {1}}, {"max", {1}}}) {
      const Shape shape{40, 24};
      const Tensor y = run_on_card(card, operation, over(axes), {whole_numbers(shape, dtype)})[0];
      const Tensor wanted =
          run_kernel(Backend::kReference, operation, over(axes), {whole_numbers(shape, DType::kFloat32)})[0];
      BOOST_TEST((y.dtype() == dtype));
      BOOST_TEST(y.to_vector<double>() == wanted.to_vector<double>(), boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(products_may_overflow_on_the_way) {
  TestCard card;
  const Tensor x = Tensor::copy<float>({1e30F, 1e-30F, 1e30F, 1e-30F, 2}, {5});
  check_on_card(card, "prod", over({0}), {x}, 1e-6);
}

BOOST_AUTO_TEST_CASE(nan_and_infinities_are_the_reference_s) {
  TestCard card;
  const Tensor x =
      Tensor::copy<double>({1, kNan, 3, kInfinity, -kInfinity, 2, kNan, kNan, kNan, -1, -2, kInfinity}, {4, 3});
  for (const char* operation : {"sum", "prod", "max", "min"}) {
    check_on_card(card, operation, over({1}), {x});
    check_on_card(card, operation, over({0}), {x});
  }
}

BOOST_AUTO_TEST_CASE(integers_wrap_around) {
  TestCard card;
  const Tensor x = Tensor::copy<std::int64_t>({std::numeric_limits<std::int64_t>::max(), 2, 3, 5}, {4});
  check_on_card(card, "sum", over({0}), {x});
  check_on_card(card, "prod", over({0}), {x});
}

BOOST_AUTO_TEST_CASE(nothing_folds_to_the_first_value_of_a_fold) {
  TestCard card;
  for (const char* operation : {"sum", "prod", "max", "min"}) {
    check_on_card(card, operation, over({1}), {Tensor::empty({3, 0}, float32)});
    check_on_card(card, operation, over({0}, true), {Tensor::empty({0}, int32)});
    check_on_card(card, operation, over({1}), {Tensor::empty({0, 3}, float32)});
  }
  check_on_card(card, "any", over({1}), {Tensor::empty({2, 0}, boolean)});
  check_on_card(card, "all", over({1}), {Tensor::empty({2, 0}, boolean)});
}

BOOST_AUTO_TEST_CASE(operands_may_lie_at_any_element) {
  TestCard card;
  const Attributes attributes = over({1});
  const TensorSpecs specs{{{5, 8}, float32}};
  const TensorSpec output{{5}, float32};
  const auto kernel = compile_kernel_of(Backend::kCuda, {"sum", attributes, specs, {&output, 1}});
  BOOST_TEST_REQUIRE((kernel != nullptr));
  const Tensor x = whole_numbers({41}, float32);
  Queue& queue = card.queue();
  const auto lock = queue.lock();
  const Storage memory = queue.allocate(x.num_bytes(), "input");
  const Storage staging = queue.allocate_on_host(x.num_bytes());
  const Storage result = queue.allocate(5 * sizeof(float), "output");
  const Storage back = queue.allocate_on_host(5 * sizeof(float));
  std::memcpy(staging.get(), x.raw(), x.num_bytes());
  queue.copy(memory.get(), staging.get(), x.num_bytes());
  const void* input = static_cast<const float*>(memory.get()) + 1;
  void* target = result.get();
  kernel->run({&input, &target, nullptr, &queue});
  queue.copy(back.get(), target, 5 * sizeof(float));
  queue.finish();
  for (std::size_t row = 0; row < 5; ++row) {
    float sum = 0;
    for (std::size_t i = 0; i < 8; ++i) sum += x.data<float>()[1 + row * 8 + i];
    BOOST_TEST(static_cast<const float*>(back.get())[row] == sum);
  }
}

BOOST_AUTO_TEST_CASE(few_long_lines_take_two_launches) {
  const auto launches_of = [](const Shape& shape, const Axes& axes) {
    const Attributes attributes = over(axes);
    const TensorSpecs specs{{shape, float32}};
    const TensorSpecs outputs = inferred("sum", attributes, {Tensor::empty(shape, float32)});
    return compile_kernel_of(Backend::kCuda, {"sum", attributes, specs, outputs})->implementation();
  };
  BOOST_TEST(launches_of({64}, {0}) == "sum_of_lines<<<1, 16>>>");
  BOOST_TEST(launches_of({64, 3136}, {0}) == "sum_of_lines<<<98, 256>>>");
  BOOST_TEST(launches_of({128, 32, 32, 16}, {0, 1, 2}) == "sum_of_lines_parts<<<256, 256>>> sum_of_lines<<<2, 256>>>");
  BOOST_TEST(launches_of({0, 16}, {1}) == "");
}

BOOST_AUTO_TEST_CASE(nvrtc_compiles_them) {
  for (const DType dtype : {DType::kFloat32, DType::kFloat64, DType::kFloat16, DType::kBFloat16, DType::kInt8,
                            DType::kInt32, DType::kInt64, DType::kUInt8, DType::kUInt32, DType::kBool}) {
    check_nvrtc_compiles(dtype == DType::kBool ? "any" : "sum", over({0, 2}), {{{6, 5, 8}, dtype}});
  }
  for (const char* operation : {"prod", "max", "min"}) {
    check_nvrtc_compiles(operation, over({1}), {{{6, 5, 8}, float32}}, kEveryCard);
    check_nvrtc_compiles(operation, over({2}), {{{6, 5, 8}, int32}});
  }
  check_nvrtc_compiles("sum", over({0, 1, 2}), {{{128, 32, 32, 16}, float32}}, kEveryCard);
  check_nvrtc_compiles("sum", over({0}), {{{1 << 23, 1 << 10}, float32}}, kEveryCard);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
