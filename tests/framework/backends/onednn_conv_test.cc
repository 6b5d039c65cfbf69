#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "framework/kernel.h"
#include "framework/window_geometry.h"
#include "tests/support/gradient_check.h"
#include "tests/support/kernel_test.h"

namespace cornu {
namespace {

constexpr double kEpsilon = std::numeric_limits<float>::epsilon();

// As for a matrix product (onednn_matmul_test.cc), with as many products as a sum can have. The implementations are
// direct, not Winograd, whose errors would be larger.
double tolerance_of(std::int64_t products) { return (static_cast<double>(products) / 2 + 4) * kEpsilon; }

struct Case {
  Shape x;
  Shape kernel;
  Attributes attributes;

  Shape output() const {
    const auto geometry = window_geometry(spatial_sizes(x), kernel.slice(0, -2).dims(), attributes, "test");
    Shape shape{x[0]};
    for (std::int64_t size : geometry.output) shape.push_back(size);
    shape.push_back(kernel.back());
    return shape;
  }
};

void check_case(const Case& c) {
  const Tensor x = test::uniform_float32(c.x, 1);
  const Tensor kernel = test::uniform_float32(c.kernel, 2);
  const Tensor y = test::uniform_float32(c.output(), 3);
  const std::int64_t window = c.kernel.slice(0, -2).num_elements();
  const std::int64_t positions = y.num_elements() / std::max<std::int64_t>(c.kernel.back(), 1);

  test::check_against_reference("conv", c.attributes, {x, kernel}, tolerance_of(window * c.kernel[-2]));
  Attributes sized = c.attributes;
  sized.set("size", spatial_sizes(c.x));
  test::check_against_reference("conv_input_gradient", sized, {y, kernel}, tolerance_of(window * c.kernel[-1]));
  sized.set("size", c.kernel.slice(0, -2).dims());
  test::check_against_reference("conv_kernel_gradient", sized, {x, y}, tolerance_of(positions));
  test::check_against_reference("conv_kernel_bias_gradient", sized, {x, y}, tolerance_of(positions));
}

Case make_case(Shape x, Shape kernel, std::vector<std::int64_t> strides, std::vector<std::int64_t> dilation,
               const char* padding, std::int64_t groups = 1, std::vector<std::int64_t> pads = {}) {
  Attributes attributes{{"strides", strides}, {"dilation", dilation}, {"padding", padding}, {"groups", groups}};
  if (!pads.empty()) attributes.set("pads", pads);
  return {std::move(x), std::move(kernel), std::move(attributes)};
}

BOOST_AUTO_TEST_SUITE(framework_backends_onednn_conv)

BOOST_AUTO_TEST_CASE(images_equal_the_reference) {
  check_case(make_case({2, 9, 11, 16}, {3, 3, 16, 32}, {1, 1}, {1, 1}, "same"));
  check_case(make_case({2, 9, 11, 3}, {3, 3, 3, 32}, {1, 1}, {1, 1}, "same"));
  check_case(make_case({2, 28, 28, 1}, {3, 3, 1, 32}, {1, 1}, {1, 1}, "same"));
  check_case(make_case({2, 9, 11, 1}, {5, 5, 1, 6}, {1, 1}, {1, 1}, "valid"));
  check_case(make_case({2, 9, 12, 16}, {3, 3, 16, 32}, {2, 2}, {1, 1}, "same"));
  check_case(make_case({2, 9, 12, 16}, {1, 1, 16, 32}, {2, 2}, {1, 1}, "same"));
  check_case(make_case({2, 9, 12, 64}, {1, 1, 64, 16}, {1, 1}, {1, 1}, "valid"));
  check_case(make_case({1, 23, 23, 3}, {7, 7, 3, 64}, {2, 2}, {1, 1}, "valid"));
  check_case(make_case({1, 12, 13, 5}, {3, 2, 5, 7}, {1, 1}, {2, 3}, "same"));
  check_case(make_case({1, 12, 13, 5}, {3, 2, 5, 7}, {3, 2}, {1, 1}, "explicit", 1, {2, 0, 1, 3}));
  check_case(make_case({2, 5, 5, 1}, {1, 1, 1, 1}, {1, 1}, {1, 1}, "valid"));
}

BOOST_AUTO_TEST_CASE(groups_and_depthwise_equal_the_reference) {
  check_case(make_case({2, 9, 9, 32}, {3, 3, 1, 32}, {1, 1}, {1, 1}, "same", 32));
  check_case(make_case({2, 9, 9, 24}, {3, 3, 1, 24}, {2, 2}, {1, 1}, "same", 24));
  check_case(make_case({2, 9, 9, 5}, {3, 3, 1, 10}, {1, 1}, {1, 1}, "same", 5));
  check_case(make_case({2, 9, 9, 32}, {3, 3, 16, 32}, {1, 1}, {1, 1}, "same", 2));
  check_case(make_case({2, 9, 9, 6}, {3, 3, 2, 9}, {1, 1}, {1, 1}, "valid", 3));
}

BOOST_AUTO_TEST_CASE(sequences_and_volumes_equal_the_reference) {
  check_case(make_case({3, 40, 16}, {5, 16, 24}, {1}, {1}, "same"));
  check_case(make_case({3, 40, 3}, {5, 3, 8}, {2}, {1}, "valid"));
  check_case(make_case({3, 40, 16}, {3, 16, 16}, {1}, {4}, "same"));
  check_case(make_case({2, 5, 6, 7, 4}, {3, 3, 3, 4, 8}, {1, 1, 1}, {1, 1, 1}, "same"));
  check_case(make_case({2, 5, 6, 7, 16}, {2, 3, 1, 16, 16}, {2, 1, 2}, {1, 1, 1}, "valid"));
}

// Whatever shape comes up: sizes, strides, dilation, groups and padding at random, the same in every run.
BOOST_AUTO_TEST_CASE(random_geometries_equal_the_reference) {
  std::mt19937 engine(5);
  const auto pick = [&](int low, int high) { return std::uniform_int_distribution<std::int64_t>(low, high)(engine); };
  for (int round = 0; round < 60; ++round) {
    const std::int64_t rank = pick(1, 3);
    const std::int64_t groups = pick(0, 2) == 0 ? pick(2, 4) : 1;
    const std::int64_t channels = pick(1, 20);
    const std::int64_t filters = pick(1, 20);
    const std::int64_t padding = pick(0, 2);
    Shape x{pick(1, 3)};
    Shape kernel;
    std::vector<std::int64_t> strides;
    std::vector<std::int64_t> dilation;
    std::vector<std::int64_t> pads(static_cast<std::size_t>(2 * rank), 0);
    for (std::int64_t i = 0; i < rank; ++i) {
      x.push_back(pick(rank == 3 ? 5 : 9, rank == 3 ? 8 : 17));
      kernel.push_back(pick(1, 3));
      strides.push_back(pick(1, 3));
      dilation.push_back(strides.back() == 1 ? pick(1, 2) : 1);
      if (padding == 2) {
        pads[static_cast<std::size_t>(i)] = pick(0, 2);
        pads[static_cast<std::size_t>(i + rank)] = pick(0, 2);
      }
    }
    x.push_back(groups * channels);
    kernel.push_back(channels);
    kernel.push_back(groups * filters);
    const char* const names[] = {"valid", "same", "explicit"};
    check_case(make_case(x, kernel, strides, dilation, names[padding], groups,
                         padding == 2 ? pads : std::vector<std::int64_t>{}));
  }
}

BOOST_AUTO_TEST_CASE(fused_bias_addend_and_activation_equal_the_reference) {
  for (const Case& c : {make_case({2, 9, 11, 16}, {3, 3, 16, 32}, {1, 1}, {1, 1}, "same"),
                        make_case({2, 9, 11, 3}, {3, 3, 3, 32}, {1, 1}, {1, 1}, "same"),
                        make_case({2, 9, 11, 64}, {1, 1, 64, 20}, {1, 1}, {1, 1}, "valid"),
                        make_case({2, 9, 11, 32}, {3, 3, 1, 32}, {1, 1}, {1, 1}, "same", 32),
                        make_case({2, 30, 8}, {3, 8, 12}, {1}, {1}, "same")}) {
    for (const char* activation : {"", "relu", "relu6", "sigmoid", "tanh", "gelu", "gelu_tanh", "elu", "silu",
                                   "softplus", "hard_sigmoid", "hard_silu"}) {
      for (int flags = 0; flags < 4; ++flags) {
        const bool bias = flags & 1;
        const bool addend = flags & 2;
        Attributes attributes = c.attributes;
        attributes.set("bias", bias);
        attributes.set("addend", addend);
        attributes.set("activation", activation);
        Tensors inputs{test::uniform_float32(c.x, 1), test::uniform_float32(c.kernel, 2)};
        if (bias) inputs.push_back(test::uniform_float32({c.kernel.back()}, 3));
        if (addend) inputs.push_back(test::uniform_float32(c.output(), 4, -8, 8));
        const std::int64_t products = c.kernel.slice(0, -1).num_elements();
        test::check_against_reference("fused_conv", attributes, inputs, 1.13 * tolerance_of(products) + 8 * kEpsilon);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(relu_does_not_hide_nan) {
  for (std::int64_t channels : {1, 3, 32}) {
    const Attributes attributes{{"strides", std::vector<std::int64_t>{1, 1}},
                                {"dilation", std::vector<std::int64_t>{1, 1}},
                                {"padding", "same"},
                                {"groups", 1},
                                {"bias", false},
                                {"addend", false},
                                {"activation", "relu"}};
    Tensor x = test::uniform_float32({1, 6, 6, channels}, 1);
    x.mutable_data<float>()[0] = std::numeric_limits<float>::quiet_NaN();
    const Tensors inputs{x, test::uniform_float32({3, 3, channels, 32}, 2)};
    BOOST_TEST(std::isnan(test::run_kernel(Backend::kCpu, "fused_conv", attributes, inputs)[0].data<float>()[0]));
  }
}

// The layout says what it is in dumps, and packed weights give the same numbers as the reference (all cases above pack
// them).
BOOST_AUTO_TEST_CASE(weights_are_packed_into_a_layout_of_onednn) {
  const Attributes attributes{{"strides", std::vector<std::int64_t>{1, 1}},
                              {"dilation", std::vector<std::int64_t>{1, 1}},
                              {"padding", "same"},
                              {"groups", 1}};
  const std::vector<TensorSpec> inputs{{{2, 9, 9, 32}, float32}, {{3, 3, 32, 64}, float32}};
  const std::vector<TensorSpec> outputs{{{2, 9, 9, 64}, float32}};
  const auto make = [&] { return compile_kernel_of(Backend::kCpu, {"conv", attributes, inputs, outputs}); };
  const auto layout = make()->input_layout(1);
  BOOST_REQUIRE((layout != nullptr));
  BOOST_TEST(layout->num_bytes() >= std::size_t{3 * 3 * 32 * 64 * 4});
  BOOST_TEST(layout->to_string().size() >= 4U);
  BOOST_TEST(layout->equals(*make()->input_layout(1)));
  BOOST_TEST((make()->input_layout(0) == nullptr));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
