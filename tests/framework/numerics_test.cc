#include "framework/numerics.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/num_threads.h"
#include "tests/support/kernel_test.h"
#include "tests/support/num_threads.h"

using namespace cornu;

namespace {

// Sets a mode while it lives.
struct DeterministicScope {
  DeterministicScope() { set_deterministic(true); }
  DeterministicScope(const DeterministicScope&) = delete;
  DeterministicScope& operator=(const DeterministicScope&) = delete;
  ~DeterministicScope() { set_deterministic(false); }
};

std::vector<float> run_with(int threads, const std::string& operation, const Attributes& attributes,
                            const Tensors& inputs) {
  const NumThreadsScope scope(test::usable_threads(threads));
  std::vector<float> values;
  for (const Tensor& output : test::run_kernel(Backend::kCpu, operation, attributes, inputs)) {
    const std::vector<float> part = output.to_vector<float>();
    values.insert(values.end(), part.begin(), part.end());
  }
  return values;
}

void check_same_for_every_number_of_threads(const std::string& operation, const Attributes& attributes,
                                            const Tensors& inputs) {
  const std::vector<float> one = run_with(1, operation, attributes, inputs);
  for (const int threads : {2, 3, 5}) {
    BOOST_TEST((run_with(threads, operation, attributes, inputs) == one), operation << " with " << threads);
  }
}

Attributes window(std::int64_t stride, std::vector<std::int64_t> size) {
  return {{"strides", std::vector<std::int64_t>{stride, stride}},
          {"dilation", std::vector<std::int64_t>{1, 1}},
          {"padding", "same"},
          {"groups", 1},
          {"size", std::move(size)}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_numerics)

BOOST_AUTO_TEST_CASE(deterministic_gradients_are_the_same_for_every_number_of_threads) {
  const DeterministicScope scope;
  const Tensor x = test::uniform_float32({16, 16, 16, 24}, 1);
  const Tensor y = test::uniform_float32({16, 16, 16, 32}, 2);
  const Tensor half = test::uniform_float32({16, 8, 8, 32}, 3);
  const Tensor image = test::uniform_float32({16, 16, 16, 3}, 4);
  check_same_for_every_number_of_threads("conv_kernel_bias_gradient", window(1, {3, 3}), {x, y});
  check_same_for_every_number_of_threads("conv_kernel_gradient", window(1, {5, 5}), {x, y});
  check_same_for_every_number_of_threads("conv_kernel_bias_gradient", window(2, {3, 3}), {x, half});
  check_same_for_every_number_of_threads("conv_kernel_gradient", window(1, {1, 1}), {x, y});
  check_same_for_every_number_of_threads("conv_kernel_bias_gradient", window(1, {3, 3}), {image, y});
  check_same_for_every_number_of_threads("conv_input_gradient", window(1, {16, 16}),
                                         {y, test::uniform_float32({3, 3, 24, 32}, 5)});
}

BOOST_AUTO_TEST_CASE(deterministic_products_are_the_same_for_every_number_of_threads) {
  const DeterministicScope scope;
  const auto attributes = [](bool transpose_x) {
    return Attributes{{"transpose_x", transpose_x}, {"transpose_y", false}};
  };
  check_same_for_every_number_of_threads("matmul", attributes(true),
                                         {test::uniform_float32({4096, 64}, 1), test::uniform_float32({4096, 64}, 2)});
  check_same_for_every_number_of_threads("matmul", attributes(false),
                                         {test::uniform_float32({100, 5000}, 1), test::uniform_float32({5000, 70}, 2)});
}

BOOST_AUTO_TEST_CASE(settings_are_what_was_set) {
  BOOST_TEST(float32_precision() == "fast");
  BOOST_TEST(!is_deterministic());
  const NumericSettings before = numeric_settings();
  {
    const DeterministicScope scope;
    BOOST_TEST(is_deterministic());
    BOOST_TEST((numeric_settings() != before));
  }
  BOOST_TEST((numeric_settings() == before));
  BOOST_CHECK_THROW(set_float32_precision("high"), InvalidArgument);
}

BOOST_AUTO_TEST_SUITE_END()
