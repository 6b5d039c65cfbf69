#include "framework/backends/onednn/winograd.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "framework/backends/onednn/vector/winograd_kernels.h"
#include "framework/backends/onednn/winograd_cost.h"
#include "framework/num_threads.h"
#include "framework/numerics.h"
#include "tests/support/kernel_test.h"
#include "tests/support/num_threads.h"

namespace cornu {
namespace {

using namespace onednn;

struct Case {
  Shape x;
  Shape kernel;
  Attributes attributes;

  Case(Shape image, std::int64_t filters, const char* padding, const std::vector<std::int64_t>& pads = {})
      : x(std::move(image)),
        kernel{3, 3, x.back(), filters},
        attributes{{"strides", std::vector<std::int64_t>{1, 1}},
                   {"dilation", std::vector<std::int64_t>{1, 1}},
                   {"padding", padding},
                   {"groups", 1}} {
    if (!pads.empty()) attributes.set("pads", pads);
  }

  WindowGeometry geometry() const { return window_geometry(spatial_sizes(x), {3, 3}, attributes, "test"); }
  Shape y() const { return {x[0], geometry().output[0], geometry().output[1], kernel.back()}; }
  WinogradProblem problem() const {
    const auto found = winograd_problem(geometry(), attributes, x, y());
    BOOST_TEST_REQUIRE(found.has_value());
    return *found;
  }
  Attributes sized(std::vector<std::int64_t> size) const {
    Attributes result = attributes;
    result.set("size", std::move(size));
    return result;
  }
  std::string name() const { return x.to_string() + " " + kernel.to_string() + " " + attributes.to_string(); }
};

// The largest error in relation to the largest possible output, in units of what winograd_error allows.
double largest_error(const Kernel& kernel, const std::string& operation, const Attributes& attributes,
                     const Tensors& inputs, std::int64_t products) {
  Tensors wide;
  Tensors magnitudes;
  for (const Tensor& tensor : inputs) {
    wide.push_back(test::widened(tensor));
    magnitudes.push_back(test::widened(tensor, true));
  }
  Attributes linear = attributes;
  if (attributes.contains("activation")) linear.set("activation", "");
  const Tensor actual = test::run_kernel(kernel, inputs, test::inferred(operation, attributes, inputs))[0];
  const Tensor expected = test::run_kernel(Backend::kReference, operation, attributes, wide)[0];
  const Tensor scale = test::run_kernel(Backend::kReference, operation, linear, magnitudes)[0];
  const auto scales = scale.data<double>();
  double error = 0;
  for (std::size_t i = 0; i < scales.size(); ++i) {
    const double here = std::abs(static_cast<double>(actual.data<float>()[i]) - expected.data<double>()[i]);
    error = std::max(error, std::isnan(here) ? std::numeric_limits<double>::infinity() : here);
  }
  return error / *std::max_element(scales.begin(), scales.end()) / winograd_error(products);
}

void check_case(const Case& c) {
  const Tensor x = test::uniform_float32(c.x, 1);
  const Tensor kernel = test::uniform_float32(c.kernel, 2);
  const Tensor y = test::uniform_float32(c.y(), 3);
  const WinogradProblem problem = c.problem();
  const std::int64_t positions = y.num_elements() / y.shape().back();
  const double forward =
      largest_error(*make_winograd_forward(problem, {}), "conv", c.attributes, {x, kernel}, 9 * problem.channels);
  const double by_input = largest_error(*make_winograd_input_gradient(problem), "conv_input_gradient",
                                        c.sized(spatial_sizes(c.x)), {y, kernel}, 9 * problem.filters);
  const double by_kernel = largest_error(*make_winograd_kernel_gradient(problem), "conv_kernel_gradient",
                                         c.sized({3, 3}), {x, y}, positions);
  BOOST_TEST(forward <= 1, c.name() << ": forward " << forward);
  BOOST_TEST(by_input <= 1, c.name() << ": input gradient " << by_input);
  BOOST_TEST(by_kernel <= 1, c.name() << ": kernel gradient " << by_kernel);
}

BOOST_AUTO_TEST_SUITE(framework_backends_onednn_winograd)

BOOST_AUTO_TEST_CASE(convolutions_equal_the_reference) {
  check_case({{2, 8, 8, 16}, 32, "same"});
  check_case({{1, 9, 11, 16}, 48, "valid"});
  check_case({{2, 5, 6, 3}, 5, "same"});
  check_case({{1, 3, 3, 1}, 1, "valid"});
  check_case({{1, 1, 1, 4}, 4, "same"});
  check_case({{1, 7, 6, 20}, 17, "explicit", {2, 0, 1, 2}});
  check_case({{1, 7, 6, 20}, 17, "explicit", {1, 2, 3, 4}});
  check_case({{20, 16, 16, 16}, 16, "same"});  // several blocks
}

// Few tiles and many filters: the threads work on the same blocks.
BOOST_AUTO_TEST_CASE(few_tiles_are_shared_by_the_threads) {
  check_case({{1, 16, 16, 64}, 100, "same"});
  check_case({{2, 18, 13, 70}, 64, "valid"});
  check_case({{1, 6, 6, 180}, 200, "same"});  // also the sums of the kernel's gradient
}

BOOST_AUTO_TEST_CASE(random_geometries_equal_the_reference) {
  std::mt19937 engine(7);
  const auto pick = [&](int low, int high) { return std::uniform_int_distribution<std::int64_t>(low, high)(engine); };
  for (int round = 0; round < 40; ++round) {
    const Shape x{pick(1, 4), pick(3, 19), pick(3, 19), pick(1, 50)};
    const char* const names[] = {"valid", "same", "explicit"};
    const std::int64_t padding = pick(0, 2);
    std::vector<std::int64_t> pads;
    for (int i = 0; padding == 2 && i < 4; ++i) pads.push_back(pick(0, 2));
    check_case({x, pick(1, 50), names[padding], pads});
  }
}

BOOST_AUTO_TEST_CASE(bias_addend_and_activation_equal_the_reference) {
  const Case c({2, 9, 10, 24}, 40, "same");
  for (const char* activation : {"", "relu", "relu6", "sigmoid", "tanh"}) {
    for (int flags = 0; flags < 4; ++flags) {
      Attributes attributes = c.attributes;
      attributes.set("bias", (flags & 1) != 0);
      attributes.set("addend", (flags & 2) != 0);
      attributes.set("activation", activation);
      Tensors inputs{test::uniform_float32(c.x, 1), test::uniform_float32(c.kernel, 2)};
      if (flags & 1) inputs.push_back(test::uniform_float32({c.kernel.back()}, 3));
      if (flags & 2) inputs.push_back(test::uniform_float32(c.y(), 4, -8, 8));
      const auto kernel = make_winograd_forward(c.problem(), {(flags & 1) != 0, (flags & 2) != 0, activation});
      const double error = largest_error(*kernel, "fused_conv", attributes, inputs, 9 * c.x.back());
      BOOST_TEST(error <= 1, activation << " " << flags << ": " << error);
    }
  }
  BOOST_TEST((make_winograd_forward(c.problem(), {false, false, "no such activation"}) == nullptr));
}

// Random sums hardly grow, so that the errors of well-behaved data show: in relation to the largest output, as
// set_float32_precision states them.
BOOST_AUTO_TEST_CASE(errors_are_as_documented) {
  const Case c({2, 28, 28, 128}, 64, "same");
  const Tensors inputs{test::uniform_float32(c.x, 1), test::uniform_float32(c.kernel, 2)};
  const Tensor expected = test::run_kernel(Backend::kReference, "conv", c.attributes,
                                           {test::widened(inputs[0]), test::widened(inputs[1])})[0];
  const auto error_of = [&](const Tensor& actual) {
    double error = 0;
    double largest = 0;
    for (std::size_t i = 0; i < expected.data<double>().size(); ++i) {
      const double e = expected.data<double>()[i];
      largest = std::max(largest, std::abs(e));
      error = std::max(error, std::abs(static_cast<double>(actual.data<float>()[i]) - e));
    }
    return error / largest;
  };
  set_float32_precision("exact");
  const double exact = error_of(test::run_kernel(Backend::kCpu, "conv", c.attributes, inputs)[0]);
  set_float32_precision("fast");
  const double fast =
      error_of(test::run_kernel(*make_winograd_forward(c.problem(), {}), inputs, {{c.y(), float32}})[0]);
  BOOST_TEST_MESSAGE("largest errors: exact " << exact << ", fast " << fast);
  BOOST_TEST(fast < 3 * exact);
  BOOST_TEST(fast < 4e-6);
}

BOOST_AUTO_TEST_CASE(the_result_is_the_same_for_every_number_of_threads) {
  const Case c({3, 14, 14, 32}, 80, "same");
  const Tensor x = test::uniform_float32(c.x, 1);
  const Tensor w = test::uniform_float32(c.kernel, 2);
  const auto run = [&](int threads) {
    const NumThreadsScope scope(test::usable_threads(threads));
    return test::run_kernel(*make_winograd_forward(c.problem(), {}), {x, w}, {{c.y(), float32}})[0].to_vector<float>();
  };
  BOOST_TEST((run(1) == run(2)));
}

// A kernel made for more threads than there are when it runs uses those it gets.
BOOST_AUTO_TEST_CASE(a_kernel_runs_with_fewer_threads_than_it_was_made_for) {
  const Case c({3, 14, 14, 32}, 80, "same");
  const Tensor x = test::uniform_float32(c.x, 1);
  const Tensor y = test::uniform_float32(c.y(), 2);
  std::vector<float> results[2];
  const auto kernel = make_winograd_kernel_gradient(c.problem());
  results[0] = test::run_kernel(*kernel, {x, y}, {{c.kernel, float32}})[0].to_vector<float>();
#pragma omp parallel num_threads(test::usable_threads(2))
#pragma omp single
  results[1] = test::run_kernel(*kernel, {x, y}, {{c.kernel, float32}})[0].to_vector<float>();
  for (std::size_t i = 0; i < results[0].size(); ++i) {
    BOOST_TEST_REQUIRE(std::abs(results[0][i] - results[1][i]) <= 1e-4F * std::max(1.0F, std::abs(results[0][i])));
  }
}

// NaN and infinity reach no pixel of another tile than those whose windows see them.
BOOST_AUTO_TEST_CASE(what_is_not_finite_stays_in_its_tiles) {
  const Case c({1, 16, 16, 4}, 4, "same");
  Tensor x = test::uniform_float32(c.x, 1);
  x.mutable_data<float>()[(9 * 16 + 9) * 4] = std::numeric_limits<float>::quiet_NaN();
  const Tensor w = test::uniform_float32(c.kernel, 2);
  const Tensor y = test::run_kernel(*make_winograd_forward(c.problem(), {}), {x, w}, {{c.y(), float32}})[0];
  const auto values = y.data<float>();
  for (std::size_t row = 0; row < 16; ++row) {
    for (std::size_t column = 0; column < 16; ++column) {
      const bool seen = row >= 8 && row <= 10 && column >= 8 && column <= 10;
      const bool in_tile = row >= 8 && row < 12 && column >= 8 && column < 12;
      const bool is_nan = std::isnan(values[(row * 16 + column) * 4]);
      BOOST_TEST((in_tile || !is_nan), "row " << row << " column " << column);
      BOOST_TEST((!seen || is_nan), "row " << row << " column " << column);
    }
  }
}

BOOST_AUTO_TEST_CASE(other_convolutions_are_no_such_problem) {
  const auto problem = [](Attributes attributes, const std::vector<std::int64_t>& window) {
    const auto geometry = window_geometry({9, 9}, window, attributes, "test");
    return winograd_problem(geometry, attributes, {1, 9, 9, 8}, {1, geometry.output[0], geometry.output[1], 8});
  };
  const auto with = [](std::int64_t stride, std::int64_t dilation, std::int64_t groups) {
    return Attributes{{"strides", std::vector<std::int64_t>{stride, stride}},
                      {"dilation", std::vector<std::int64_t>{dilation, dilation}},
                      {"padding", "same"},
                      {"groups", groups}};
  };
  BOOST_TEST(problem(with(1, 1, 1), {3, 3}).has_value());
  BOOST_TEST(!problem(with(2, 1, 1), {3, 3}).has_value());
  BOOST_TEST(!problem(with(1, 2, 1), {3, 3}).has_value());
  BOOST_TEST(!problem(with(1, 1, 2), {3, 3}).has_value());
  BOOST_TEST(!problem(with(1, 1, 1), {3, 1}).has_value());
  BOOST_TEST(!problem(with(1, 1, 1), {5, 5}).has_value());
}

BOOST_AUTO_TEST_CASE(exact_precision_forbids_it) {
  const WinogradProblem problem = Case({8, 56, 56, 64}, 64, "same").problem();
  BOOST_TEST(winograd_pays(problem, ConvolutionPass::kForward, false));
  set_float32_precision("exact");
  BOOST_TEST(!winograd_pays(problem, ConvolutionPass::kForward, false));
  set_float32_precision("fast");
  BOOST_TEST(winograd_pays(problem, ConvolutionPass::kForward, false));
}

// Nine weights become 36: for a single small image reading them takes longer than the products that they save.
BOOST_AUTO_TEST_CASE(kernels_that_no_cache_holds_are_used_as_they_are) {
  const WinogradProblem one = Case({1, 7, 7, 512}, 512, "same").problem();
  const WinogradProblem eight = Case({8, 7, 7, 512}, 512, "same").problem();
  BOOST_TEST(!winograd_pays(one, ConvolutionPass::kForward, true));
  BOOST_TEST(winograd_pays(eight, ConvolutionPass::kForward, true));
}

// Every instruction set's transforms together make a convolution of one tile.
BOOST_AUTO_TEST_CASE(every_instruction_set_computes_a_tile) {
  std::vector<const WinogradKernels*> tables{&baseline::winograd_kernels};
#ifdef CORNU_ISA_VARIANTS
  if (machine_isa() >= Isa::kAvx2) tables.push_back(&avx2::winograd_kernels);
  if (machine_isa() >= Isa::kAvx512) tables.push_back(&avx512::winograd_kernels);
#endif
  const std::vector<float> x = test::uniform_float32({6, 6}, 1).to_vector<float>();
  const std::vector<float> w = test::uniform_float32({3, 3}, 2).to_vector<float>();
  for (const WinogradKernels* table : tables) {
    const auto point = table->lanes;
    std::vector<float> inputs(static_cast<std::size_t>(kWinogradPoints * point));
    std::vector<float> kernel = inputs;
    table->transform_input(x.data(), {0, 6, 1, 0, 6, 0, 6}, 1, inputs.data(), point);
    table->transform_kernel(w.data(), 1, 1, kernel.data(), point);
    for (std::size_t i = 0; i < inputs.size(); ++i) inputs[i] *= kernel[i];
    std::vector<float> y(16);
    const WinogradFinish finish{nullptr, nullptr, false, false, 0, 0};
    table->transform_output(inputs.data(), point, 1, finish, y.data(), {0, 4, 1, 0, 4, 0, 4});
    for (std::size_t i = 0; i < 4; ++i) {
      for (std::size_t j = 0; j < 4; ++j) {
        double sum = 0;
        for (std::size_t t = 0; t < 9; ++t) {
          sum += static_cast<double>(w[t]) * static_cast<double>(x[(i + t / 3) * 6 + j + t % 3]);
        }
        BOOST_TEST(std::abs(static_cast<double>(y[i * 4 + j]) - sum) < 1e-5, table->lanes << " lanes: " << i << j);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
