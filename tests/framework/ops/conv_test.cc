#include "framework/ops/conv.h"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <vector>

#include "framework/error.h"
#include "framework/operation.h"
#include "tests/support/gradient_check.h"

namespace cornu {
namespace {

template <typename E, typename F> std::string message_of(F&& f) {
  try {
    f();
  } catch (const E& error) {
    return error.what();
  }
  return "nothing was thrown";
}

BOOST_AUTO_TEST_SUITE(framework_ops_conv)

BOOST_AUTO_TEST_CASE(slides_a_kernel_over_a_sequence) {
  const Tensor x = Tensor::copy({1.F, 2.F, 3.F, 4.F, 5.F}, {1, 5, 1});
  const Tensor kernel = Tensor::copy({1.F, 10.F, 100.F}, {3, 1, 1});
  test::check_close(ops::conv(x, kernel), Tensor::copy({321.F, 432.F, 543.F}, {1, 3, 1}));
  test::check_close(ops::conv(x, kernel, {.padding = "same"}),
                    Tensor::copy({210.F, 321.F, 432.F, 543.F, 54.F}, {1, 5, 1}));
  test::check_close(ops::conv(x, kernel, {.strides = {2}}), Tensor::copy({321.F, 543.F}, {1, 2, 1}));
  test::check_close(ops::conv(x, kernel, {.dilation_rate = {2}}), Tensor::copy({531.F}, {1, 1, 1}));
  test::check_close(ops::conv(x, kernel, {.padding = "explicit", .pads = {2, 0}}),
                    Tensor::copy({100.F, 210.F, 321.F, 432.F, 543.F}, {1, 5, 1}));
}

// Keras pads the smaller half before: with stride 2 over an even size, nothing before and one after.
BOOST_AUTO_TEST_CASE(same_padding_with_strides_is_that_of_keras) {
  const Tensor x = Tensor::copy({1.F, 2.F, 3.F, 4.F}, {1, 4, 1});
  const Tensor kernel = Tensor::copy({1.F, 10.F, 100.F}, {3, 1, 1});
  test::check_close(ops::conv(x, kernel, {.strides = {2}, .padding = "same"}), Tensor::copy({321.F, 43.F}, {1, 2, 1}));
}

// Two channels in, two filters; x[0, i, :] = (i, 1), and kernel[0, c, f] = 10^(2 c + f).
BOOST_AUTO_TEST_CASE(mixes_channels_within_groups) {
  const Tensor x = Tensor::copy({1.F, 1.F, 2.F, 1.F}, {1, 2, 2});
  const Tensor kernel = Tensor::copy({1.F, 10.F, 100.F, 1000.F}, {1, 2, 2});
  test::check_close(ops::conv(x, kernel), Tensor::copy({101.F, 1010.F, 102.F, 1020.F}, {1, 2, 2}));
  const Tensor grouped = Tensor::copy({1.F, 10.F}, {1, 1, 2});
  test::check_close(ops::conv(x, grouped, {.groups = 2}), Tensor::copy({1.F, 10.F, 2.F, 10.F}, {1, 2, 2}));
}

BOOST_AUTO_TEST_CASE(depthwise_filters_of_one_channel_lie_side_by_side) {
  const Tensor x = Tensor::copy({1.F, 2.F}, {1, 1, 2});
  const Tensor kernel = Tensor::copy({1.F, 10.F, 100.F, 1000.F}, {1, 2, 2});
  test::check_close(ops::depthwise_conv(x, kernel), Tensor::copy({1.F, 10.F, 200.F, 2000.F}, {1, 1, 4}));
}

BOOST_AUTO_TEST_CASE(transposed_convolution_spreads_the_kernel) {
  const Tensor y = Tensor::copy({1.F, 2.F}, {1, 2, 1});
  const Tensor kernel = Tensor::copy({1.F, 10.F, 100.F}, {3, 1, 1});
  test::check_close(ops::conv_input_gradient(y, kernel, {5}, {.strides = {2}}),
                    Tensor::copy({1.F, 10.F, 102.F, 20.F, 200.F}, {1, 5, 1}));
}

BOOST_AUTO_TEST_CASE(kernel_gradient_correlates_input_and_output) {
  const Tensor x = Tensor::copy({1.F, 2.F, 3.F, 4.F}, {1, 4, 1});
  const Tensor y = Tensor::copy({1.F, 10.F}, {1, 2, 1});
  test::check_close(ops::conv_kernel_gradient(x, y, {3}), Tensor::copy({21.F, 32.F, 43.F}, {3, 1, 1}));
}

BOOST_AUTO_TEST_CASE(empty_batch_and_channels) {
  BOOST_TEST(ops::conv(Tensor::empty({0, 5, 5, 2}), Tensor::empty({3, 3, 2, 4})).shape().to_string() == "(0, 3, 3, 4)");
  const Tensor no_channels = ops::conv(Tensor::empty({1, 3, 0}), Tensor::empty({2, 0, 2}));
  test::check_close(no_channels, Tensor::copy({0.F, 0.F, 0.F, 0.F}, {1, 2, 2}));
  const Tensor no_batch = ops::conv_kernel_gradient(Tensor::empty({0, 3, 1}), Tensor::empty({0, 2, 1}), {2});
  test::check_close(no_batch, Tensor::copy({0.F, 0.F}, {2, 1, 1}));
}

// Sizes, strides, dilation, groups and padding at random, the same in every run; each at most 3, so that the loops of
// the reference kernels and of the differences stay short.
BOOST_AUTO_TEST_CASE(first_and_second_gradients_match_finite_differences) {
  std::mt19937 engine(11);
  const auto pick = [&](int low, int high) { return std::uniform_int_distribution<std::int64_t>(low, high)(engine); };
  for (int round = 0; round < 24; ++round) {
    const std::int64_t rank = 1 + round % 3;
    const std::int64_t groups = pick(1, 2);
    const std::int64_t channels = pick(1, 2);
    ops::ConvOptions options{.padding = round % 2 == 0 ? "valid" : "same", .groups = groups};
    Shape x{pick(1, 2)};
    Shape kernel;
    for (std::int64_t i = 0; i < rank; ++i) {
      x.push_back(pick(3, rank == 1 ? 7 : rank == 2 ? 5 : 3));
      kernel.push_back(pick(1, rank == 3 ? 2 : 3));
      options.strides.push_back(pick(1, 2));
      options.dilation_rate.push_back(options.strides.back() == 1 && kernel.back() < 3 ? pick(1, 2) : 1);
    }
    if (round % 6 == 4) {
      options.padding = "explicit";
      for (std::int64_t i = 0; i < 2 * rank; ++i) options.pads.push_back(pick(0, 2));
    }
    x.push_back(groups * channels);
    kernel.push_back(channels);
    kernel.push_back(groups * pick(1, 2));
    const auto convolution = [&](const Tensors& in) { return Tensors{ops::conv(in[0], in[1], options)}; };
    const Tensors inputs{test::uniform(x, 1), test::uniform(kernel, 2)};
    test::check_gradients(convolution, inputs);
    test::check_second_gradients(convolution, inputs);
  }
}

BOOST_AUTO_TEST_CASE(gradients_of_the_gradients_as_operations_match_finite_differences) {
  const ops::ConvOptions options{.strides = {2, 1}, .padding = "same"};
  const Tensor x = test::uniform({1, 5, 4, 2}, 1);
  const Tensor kernel = test::uniform({3, 2, 2, 2}, 2);
  const Tensor y = test::uniform({1, 3, 4, 2}, 3);
  test::check_gradients(
      [&](const Tensors& in) {
        return Tensors{ops::conv_input_gradient(in[0], in[1], {5, 4}, options)};
      },
      {y, kernel});
  test::check_gradients(
      [&](const Tensors& in) {
        return Tensors{ops::conv_kernel_gradient(in[0], in[1], {3, 2}, options)};
      },
      {x, y});
  test::check_gradients([&](const Tensors& in) { return Tensors{ops::depthwise_conv(in[0], in[1], options)}; },
                        {x, test::uniform({3, 2, 2, 3}, 4)});
}

BOOST_AUTO_TEST_CASE(unknown_sizes_pass_through_the_gradient) {
  const std::vector<TensorSpec> inputs{
      {{kUnknown, kUnknown, 8}, float32}, {{3, 2, 8}, float32}, {{kUnknown, kUnknown, 2}, float32}};
  const Attributes attributes{{"strides", std::vector<std::int64_t>{1}},
                              {"dilation", std::vector<std::int64_t>{1}},
                              {"padding", "same"},
                              {"groups", 1}};
  const TensorSpecs specs = operation_named("conv_input_gradient").infer(inputs, attributes);
  BOOST_TEST(specs[0].to_string() == "(None, None, 2) float32");
}

BOOST_AUTO_TEST_CASE(errors_say_what_was_expected) {
  const Tensor x = Tensor::empty({1, 5, 5, 2});
  BOOST_TEST(
      message_of<ShapeError>([&] {
        ops::conv(x, Tensor::empty({3, 3, 3, 4}));
      }) ==
      "conv: expected a kernel of shape (window..., channels / groups, filters) with filters divisible by groups; got "
      "kernel (3, 3, 3, 4), x (1, 5, 5, 2), groups 1");
  BOOST_TEST(
      message_of<ShapeError>([&] {
        ops::conv(x, Tensor::empty({3, 2, 4}));
      }) ==
      "conv: expected x of shape (batch, spatial..., channels) with 1 to 3 spatial axes and a kernel of the same rank; "
      "got (1, 5, 5, 2) and (3, 2, 4)");
  BOOST_TEST(message_of<InvalidArgument>([&] {
               ops::conv(x, Tensor::empty({3, 3, 2, 4}), {.padding = "SAME"});
             }) == "conv: padding must be \"valid\", \"same\" or \"explicit\"; got \"SAME\"");
  BOOST_TEST(message_of<InvalidArgument>([&] {
               ops::conv(x, Tensor::empty({3, 3, 2, 4}), {.strides = {1, 1, 1}});
             }) == "conv: expected one or 2 strides; got 3");
  BOOST_TEST(message_of<ShapeError>([&] {
               ops::conv(x, Tensor::empty({6, 3, 2, 4}));
             }) ==
             "conv: a window of size 6 does not fit into size 5 of spatial axis 0; use padding=\"same\", a smaller "
             "window, or a "
             "larger input");
  BOOST_TEST(
      message_of<ShapeError>([&] {
        ops::conv_input_gradient(Tensor::empty({1, 4, 3, 4}), Tensor::empty({3, 3, 2, 4}), {5, 5});
      }) ==
      "conv_input_gradient: expected y of shape (1, 3, 3, 4), as the convolution of an input of spatial size (5, 5) "
      "gives; got (1, 4, 3, 4)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
