#include <boost/test/unit_test.hpp>
#include <limits>
#include <string>
#include <vector>

#include "framework/kernel.h"
#include "tests/support/gradient_check.h"
#include "tests/support/kernel_test.h"

namespace cornu {
namespace {

constexpr double kEpsilon = std::numeric_limits<float>::epsilon();

struct Case {
  Shape x;
  std::vector<std::int64_t> window;
  std::vector<std::int64_t> strides;
  const char* padding;
};

// Exact tiles, overlaps, gaps, and windows cut by the borders; channels below, at and above the vector widths.
std::vector<Case> cases() {
  std::vector<Case> result;
  for (const char* padding : {"valid", "same"}) {
    for (std::int64_t channels : {1, 3, 16, 37, 130}) {
      result.push_back({{2, 8, 6, channels}, {2, 2}, {2, 2}, padding});
      result.push_back({{2, 9, 7, channels}, {2, 2}, {2, 2}, padding});
      result.push_back({{2, 9, 7, channels}, {3, 3}, {2, 2}, padding});
      result.push_back({{2, 9, 8, channels}, {3, 2}, {1, 1}, padding});
      result.push_back({{2, 9, 8, channels}, {1, 2}, {3, 3}, padding});
      result.push_back({{1, 7, 7, channels}, {7, 7}, {7, 7}, padding});
      result.push_back({{3, 11, channels}, {3}, {2}, padding});
      result.push_back({{3, 12, channels}, {2}, {2}, padding});
      result.push_back({{2, 4, 5, 6, channels}, {2, 2, 3}, {2, 1, 3}, padding});
      result.push_back({{1, 6, 4, 2, channels}, {2, 2, 2}, {2, 2, 2}, padding});
    }
    result.push_back({{32, 28, 28, 32}, {2, 2}, {2, 2}, padding});  // enough for several threads
    result.push_back({{32, 28, 28, 32}, {3, 3}, {2, 2}, padding});
    result.push_back({{0, 8, 6, 4}, {2, 2}, {2, 2}, padding});
    result.push_back({{2, 8, 6, 0}, {2, 2}, {2, 2}, padding});
    result.push_back({{2, 0, 6, 3}, {2, 2}, {2, 2}, padding});
    result.push_back({{2, 0, 6, 3}, {3, 3}, {2, 2}, padding});
  }
  return result;
}

Attributes attributes_of(const Case& c) {
  return {{"window", c.window},
          {"strides", c.strides},
          {"dilation", std::vector<std::int64_t>(c.window.size(), 1)},
          {"padding", c.padding}};
}

// Values from a small set, so that most windows have several greatest elements.
Tensor with_ties(const Shape& shape, std::uint64_t seed) {
  Tensor x = test::uniform_float32(shape, seed, -2, 3);
  for (float& value : x.mutable_data<float>()) value = static_cast<float>(static_cast<int>(value));
  return x;
}

// Kept winners give the same maxima and the same gradient as those that are searched again.
void check_kept_winners(Attributes attributes, const Tensor& x, const Tensor& y, const Tensor& dy, const Tensor& dx) {
  const Tensors kept = test::run_kernel(Backend::kCpu, "max_pool_and_winners", attributes, {x});
  test::check_close(kept[0], y, 0, 0);
  attributes.set("shape", x.shape().dims());
  test::check_close(test::run_kernel(Backend::kCpu, "max_pool_scatter", attributes, {kept[1], dy})[0], dx, 0, 0);
}

BOOST_AUTO_TEST_SUITE(framework_backends_onednn_pool)

// Picking and putting involve no rounding, and few windows overlap at one element: the sums of small integers are
// exact.
BOOST_AUTO_TEST_CASE(max_pool_and_its_gradients_equal_the_reference_exactly) {
  for (const Case& c : cases()) {
    const Attributes attributes = attributes_of(c);
    const Tensor x = with_ties(c.x, 1);
    const auto both = [&](const std::string& name, const Tensors& inputs) {
      const Tensor actual = test::run_kernel(Backend::kCpu, name, attributes, inputs)[0];
      test::check_close(actual, test::run_kernel(Backend::kReference, name, attributes, inputs)[0], 0, 0);
      return actual;
    };
    const Tensor y = both("max_pool", {x});
    const Tensor dy = with_ties(y.shape(), 2);
    check_kept_winners(attributes, x, y, dy, both("max_pool_gradient", {x, dy}));
    both("max_pool_gather", {x, test::uniform_float32(c.x, 3)});
  }
}

// A mean of n numbers is off by at most n eps/2 of the mean magnitude, n = 49 for the largest window; likewise the
// gradient.
BOOST_AUTO_TEST_CASE(average_pool_and_its_gradient_equal_the_reference) {
  for (const Case& c : cases()) {
    const Attributes attributes = attributes_of(c);
    const Tensor x = test::uniform_float32(c.x, 1, 0, 1);
    const auto both = [&](const std::string& name, const Tensors& inputs) {
      const Tensor actual = test::run_kernel(Backend::kCpu, name, attributes, inputs)[0];
      test::check_close(actual, test::run_kernel(Backend::kReference, name, attributes, inputs)[0], 52 * kEpsilon, 0);
      return actual;
    };
    const Tensor y = both("average_pool", {x});
    both("average_pool_gradient", {test::uniform_float32(y.shape(), 2, 0, 1), x});
  }
}

BOOST_AUTO_TEST_CASE(nan_and_infinity_win_and_lose_as_in_the_reference) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  for (std::int64_t channels : {1, 5, 20}) {
    Tensor x = test::uniform_float32({1, 8, 8, channels}, 4);
    auto values = x.mutable_data<float>();
    const float special[] = {kNaN, -kInfinity, kInfinity, 0.0F, -0.0F};
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i * 7 % 3 == 0) values[i] = special[i % 5];
    }
    for (std::size_t i = 0; i < values.size() / 4; ++i) values[i] = -kInfinity;  // windows without anything greater
    for (const Case& c : {Case{x.shape(), {2, 2}, {2, 2}, "valid"}, Case{x.shape(), {3, 3}, {2, 2}, "same"}}) {
      const Attributes attributes = attributes_of(c);
      const Tensor dy = with_ties(test::inferred("max_pool", attributes, {x})[0].shape, 2);
      for (const auto& [name, inputs] :
           std::vector<std::pair<std::string, Tensors>>{{"max_pool", {x}},
                                                        {"max_pool_gradient", {x, dy}},
                                                        {"max_pool_gather", {x, test::uniform_float32(c.x, 3)}}}) {
        test::check_close(test::run_kernel(Backend::kCpu, name, attributes, inputs)[0],
                          test::run_kernel(Backend::kReference, name, attributes, inputs)[0], 0, 0);
      }
      check_kept_winners(attributes, x, test::run_kernel(Backend::kReference, "max_pool", attributes, {x})[0], dy,
                         test::run_kernel(Backend::kReference, "max_pool_gradient", attributes, {x, dy})[0]);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
