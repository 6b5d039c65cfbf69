// Convolutions on a card, between cuDNN and generated kernels: the emulated card, or this machine's.

#include "framework/backends/cuda/conv_kernel.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>

#include "framework/error.h"
#include "framework/numerics.h"
#include "framework/ops/cast.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"
#include "tests/framework/backends/cuda/emulation/cudnn_emulation.h"
#include "tests/support/kernel_test.h"
#include "tests/support/message_of.h"

namespace cornu::test {
namespace {

using Sizes = std::vector<std::int64_t>;

struct Case {
  Shape x;
  Shape kernel;
  std::string padding = "valid";
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t groups = 1;
  Sizes pads = {};

  std::size_t rank() const { return static_cast<std::size_t>(x.rank()) - 2; }

  Attributes attributes() const {
    Attributes result{{"strides", Sizes(rank(), stride)},
                      {"dilation", Sizes(rank(), dilation)},
                      {"padding", padding},
                      {"groups", groups}};
    if (!pads.empty()) result.set("pads", pads);
    return result;
  }

  Tensor value_of_x() const { return uniform_float32(x, 1); }
  Tensor value_of_kernel() const { return uniform_float32(kernel, 2); }
  Tensor value_of_y() const {
    return uniform_float32(inferred("conv", attributes(), {value_of_x(), value_of_kernel()})[0].shape, 3);
  }
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {{2, 7, 6, 3}, {3, 3, 3, 5}},
      {{2, 7, 6, 3}, {3, 3, 3, 5}, "same"},
      {{2, 8, 8, 3}, {3, 3, 3, 5}, "same", 2},     // one more zero behind than before
      {{1, 9, 5, 4}, {2, 4, 4, 6}, "same"},        // even windows
      {{2, 9, 9, 3}, {3, 3, 3, 5}, "same", 1, 2},  // dilation
      {{2, 10, 7, 4}, {3, 3, 2, 6}, "same", 2, 1, 2},
      {{2, 6, 6, 4}, {3, 3, 2, 8}, "valid", 1, 1, 2},
      {{2, 5, 5, 7}, {1, 1, 7, 40}},                                     // a matrix product
      {{1, 6, 6, 40}, {3, 3, 40, 36}, "same"},                           // more than a square to transpose
      {{3, 11, 3}, {4, 3, 5}, "same", 2},                                // one spatial axis
      {{2, 12, 2}, {3, 2, 4}, "explicit", 1, 2, 1, {4, 0}},              // causal
      {{1, 4, 5, 6, 2}, {2, 3, 3, 2, 4}, "same", 2},                     // three
      {{1, 5, 5, 1}, {3, 3, 1, 1}, "same"},                              // nothing to transpose
      {{2, 5, 6, 8}, {2, 2, 8, 4}, "same"},                              // several channels are moved at once
      {{2, 3, 3, 2}, {3, 3, 2, 3}, "explicit", 1, 1, 1, {4, 3, 1, 0}}};  // more zeros than values
  return all;
}

constexpr double kRelative = 2e-6;
constexpr double kAbsolute = 1e-5;  // sums of up to 360 products, in another order

std::unique_ptr<Kernel> kernel_of(const std::string& operation, const Attributes& attributes, const Tensors& inputs) {
  TensorSpecs specs;
  for (const Tensor& tensor : inputs) specs.push_back(tensor.spec());
  const TensorSpecs outputs = inferred(operation, attributes, inputs);
  return compile_kernel_of(Backend::kCuda, {operation, attributes, specs, outputs});
}

struct Fused {
  Attributes attributes;
  Tensors inputs;
};

Fused fused_case(const Case& given, bool bias, bool addend, const std::string& activation) {
  Fused result{given.attributes(), {given.value_of_x(), given.value_of_kernel()}};
  result.attributes.set("bias", bias);
  result.attributes.set("addend", addend);
  result.attributes.set("activation", activation);
  if (bias) result.inputs.push_back(uniform_float32({given.kernel.back()}, 4, -8, 8));
  if (addend) result.inputs.push_back(given.value_of_y());
  return result;
}

// What a fused convolution is made of: the emulated library counts, this machine's does not.
struct EmulationOnly {
  EmulationOnly() { reset_cudnn_calls(); }
  ~EmulationOnly() {
    set_cudnn_fuses(true);
    set_float32_precision("fast");
    set_deterministic(false);
  }
};

bool is_real() {
  if (TestCard::is_real()) BOOST_TEST_MESSAGE("skipped: asks the emulated cuDNN what it did");
  return TestCard::is_real();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_conv_kernel)

BOOST_AUTO_TEST_CASE(convolutions_equal_the_reference) {
  TestCard card;
  for (const Case& given : cases()) {
    check_on_card(card, "conv", given.attributes(), {given.value_of_x(), given.value_of_kernel()}, kRelative,
                  kAbsolute);
  }
}

BOOST_AUTO_TEST_CASE(input_gradients_equal_the_reference) {
  TestCard card;
  for (const Case& given : cases()) {
    Attributes attributes = given.attributes();
    attributes.set("size", given.x.slice(1, -1).dims());
    check_on_card(card, "conv_input_gradient", attributes, {given.value_of_y(), given.value_of_kernel()}, kRelative,
                  kAbsolute);
  }
}

BOOST_AUTO_TEST_CASE(the_input_may_say_the_size_of_its_gradient) {
  TestCard card;
  const Case& given = cases()[2];
  check_on_card(card, "conv_input_gradient", given.attributes(),
                {given.value_of_y(), given.value_of_kernel(), given.value_of_x()}, kRelative, kAbsolute);
}

BOOST_AUTO_TEST_CASE(kernel_gradients_equal_the_reference) {
  TestCard card;
  for (const Case& given : cases()) {
    Attributes attributes = given.attributes();
    attributes.set("size", given.kernel.slice(0, -2).dims());
    check_on_card(card, "conv_kernel_gradient", attributes, {given.value_of_x(), given.value_of_y()}, kRelative, 1e-5);
  }
}

BOOST_AUTO_TEST_CASE(bias_gradients_equal_the_reference) {
  TestCard card;
  // Few rows are summed in one launch; many, of few filters and of more than a block has columns, in two.
  for (const Case& given : {cases()[0], Case{{4, 40, 40, 1}, {1, 1, 1, 3}}, Case{{2, 50, 40, 1}, {1, 1, 1, 70}}}) {
    Attributes attributes = given.attributes();
    attributes.set("size", given.kernel.slice(0, -2).dims());
    check_on_card(card, "conv_kernel_bias_gradient", attributes, {given.value_of_x(), given.value_of_y()}, 1e-5, 1e-4);
  }
}

BOOST_AUTO_TEST_CASE(float64_equals_the_reference) {
  TestCard card;
  const Case& given = cases()[5];
  const Tensor x = widened(given.value_of_x());
  const Tensor kernel = widened(given.value_of_kernel());
  const Tensor y = widened(given.value_of_y());
  check_on_card(card, "conv", given.attributes(), {x, kernel}, 1e-13, 1e-13);
  Attributes attributes = given.attributes();
  attributes.set("size", given.x.slice(1, -1).dims());
  check_on_card(card, "conv_input_gradient", attributes, {y, kernel}, 1e-13, 1e-13);
  attributes.set("size", given.kernel.slice(0, -2).dims());
  check_on_card(card, "conv_kernel_bias_gradient", attributes, {x, y}, 1e-13, 1e-13);
}

BOOST_AUTO_TEST_CASE(short_floats_are_summed_in_float32) {
  TestCard card;
  const Case& given = cases()[5];
  for (const DType dtype : {DType::kFloat16, DType::kBFloat16}) {
    const Tensors inputs{ops::cast(given.value_of_x(), dtype), ops::cast(given.value_of_y(), dtype)};
    Attributes attributes = given.attributes();
    attributes.set("size", given.kernel.slice(0, -2).dims());
    const Tensors actual = run_on_card(card, "conv_kernel_bias_gradient", attributes, inputs);
    const Tensors expected = run_kernel(Backend::kReference, "conv_kernel_bias_gradient", attributes,
                                        {ops::cast(inputs[0], DType::kFloat32), ops::cast(inputs[1], DType::kFloat32)});
    const double rounding = dtype == DType::kFloat16 ? 0x1p-11 : 0x1p-8;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const std::vector<double> values = actual[i].to_vector<double>();
      const std::vector<double> wanted = expected[i].to_vector<double>();
      for (std::size_t j = 0; j < values.size(); ++j) {
        BOOST_TEST_REQUIRE(std::abs(values[j] - wanted[j]) <= 1.01 * rounding * std::abs(wanted[j]) + 1e-5);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(what_follows_a_convolution_equals_the_reference) {
  const EmulationOnly restore;
  for (const bool fuses : {true, false}) {
    TestCard card;  // of its own: plans are kept
    set_cudnn_fuses(fuses);
    for (const char* activation : {"", "relu", "sigmoid", "tanh"}) {
      const Fused bias = fused_case(cases()[1], true, false, activation);
      check_on_card(card, "fused_conv", bias.attributes, bias.inputs, kRelative, kAbsolute);
      const Fused both = fused_case(cases()[9], true, true, activation);
      check_on_card(card, "fused_conv", both.attributes, both.inputs, kRelative, kAbsolute);
    }
    const Fused addend = fused_case(cases()[1], false, true, "relu");
    check_on_card(card, "fused_conv", addend.attributes, addend.inputs, kRelative, kAbsolute);
    const Fused activation = fused_case(cases()[1], false, false, "relu");
    check_on_card(card, "fused_conv", activation.attributes, activation.inputs, kRelative, kAbsolute);
  }
}

BOOST_AUTO_TEST_CASE(nan_comes_through) {
  TestCard card;
  Fused given = fused_case(cases()[1], true, false, "relu");
  const std::span<const float> values = given.inputs[0].data<float>();
  std::vector<float> x(values.begin(), values.end());
  x[5] = std::nanf("");
  given.inputs[0] = Tensor::copy<float>(x, given.inputs[0].shape());
  check_on_card(card, "fused_conv", given.attributes, given.inputs, kRelative, kAbsolute);
}

BOOST_AUTO_TEST_CASE(empty_operands_give_what_sums_of_nothing_give) {
  TestCard card;
  const Case no_images{{0, 5, 5, 2}, {3, 3, 2, 4}};
  Attributes attributes = no_images.attributes();
  check_on_card(card, "conv", attributes, {no_images.value_of_x(), no_images.value_of_kernel()});
  attributes.set("size", Sizes{3, 3});
  check_on_card(card, "conv_kernel_bias_gradient", attributes, {no_images.value_of_x(), no_images.value_of_y()});
  const Case no_channels{{2, 5, 5, 0}, {3, 3, 0, 4}};
  check_on_card(card, "conv", no_channels.attributes(), {no_channels.value_of_x(), no_channels.value_of_kernel()});
  const Fused fused = fused_case(no_channels, true, false, "relu");
  check_on_card(card, "fused_conv", fused.attributes, fused.inputs);
  attributes.set("size", Sizes{3, 3});
  check_on_card(card, "conv_kernel_bias_gradient", attributes, {no_channels.value_of_x(), no_channels.value_of_y()},
                1e-6, 1e-6);
}

BOOST_AUTO_TEST_CASE(other_dtypes_and_activations_are_the_hosts) {
  const Tensor x = Tensor::empty({1, 4, 4, 1}, DType::kInt32);
  const Tensor kernel = Tensor::empty({3, 3, 1, 1}, DType::kInt32);
  BOOST_TEST((kernel_of("conv", Case{x.shape(), kernel.shape()}.attributes(), {x, kernel}) == nullptr));
  const Fused gelu = fused_case(cases()[1], true, false, "gelu");
  BOOST_TEST((kernel_of("fused_conv", gelu.attributes, gelu.inputs) == nullptr));
}

BOOST_AUTO_TEST_CASE(cudnn_is_asked_for_what_it_is_fast_at) {
  struct Expected {
    bool bias, addend;
    const char* activation;
    bool fuses;
    std::size_t launches;
  };
  for (const Expected& expected : std::initializer_list<Expected>{{true, false, "", true, 1},
                                                                  {true, false, "relu", true, 1},
                                                                  {true, true, "relu", true, 1},
                                                                  {true, false, "sigmoid", false, 1},
                                                                  {true, false, "tanh", false, 1},
                                                                  {false, true, "relu", false, 1},
                                                                  {false, false, "relu", false, 1}}) {
    const Fused given = fused_case(cases()[1], expected.bias, expected.addend, expected.activation);
    const auto compiled = kernel_of("fused_conv", given.attributes, given.inputs);
    const auto& kernel = dynamic_cast<const cuda::ConvKernel&>(*compiled);
    BOOST_TEST(kernel.fused().has_value() == expected.fuses, expected.activation);
    BOOST_TEST(kernel.epilogue().size() == expected.launches, expected.activation);
    BOOST_TEST(!kernel.problem().adds_bias);
    if (!kernel.fused()) continue;
    BOOST_TEST(kernel.fused()->adds_addend == expected.addend);
    BOOST_TEST(kernel.fused()->applies_relu == (std::string(expected.activation) == "relu"));
  }
}

BOOST_AUTO_TEST_CASE(kernels_are_transposed_on_their_way_to_and_from_cudnn) {
  const Case& given = cases()[8];
  const auto forward = kernel_of("conv", given.attributes(), {given.value_of_x(), given.value_of_kernel()});
  const auto& conv = dynamic_cast<const cuda::ConvKernel&>(*forward);
  BOOST_TEST_REQUIRE(conv.launches_before().size() == 1u);
  BOOST_TEST(conv.launches_before()[0].name == "transpose");
  BOOST_TEST(conv.launches_after().empty());
  BOOST_TEST(conv.scratch_bytes() == 51968u);  // 4 * 360 * 36, up to a multiple of 256
  BOOST_TEST(conv.implementation() == "cuDNN");

  Attributes attributes = given.attributes();
  attributes.set("size", given.kernel.slice(0, -2).dims());
  const auto gradient = kernel_of("conv_kernel_bias_gradient", attributes, {given.value_of_x(), given.value_of_y()});
  const auto& both = dynamic_cast<const cuda::ConvKernel&>(*gradient);
  BOOST_TEST(both.launches_before().empty());
  BOOST_TEST_REQUIRE(both.launches_after().size() == 2u);
  BOOST_TEST(both.launches_after()[0].name == "transpose");
  BOOST_TEST(both.launches_after()[1].name == "sum_of_lines");

  const Case& single = cases()[12];
  const auto same = kernel_of("conv", single.attributes(), {single.value_of_x(), single.value_of_kernel()});
  BOOST_TEST(dynamic_cast<const cuda::ConvKernel&>(*same).launches_before().empty());
  BOOST_TEST(same->scratch_bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(cudnn_is_given_as_many_zeros_before_an_axis_as_behind_it) {
  const EmulationOnly restore;
  const Case& given = cases()[2];
  const auto forward = kernel_of("conv", given.attributes(), {given.value_of_x(), given.value_of_kernel()});
  const auto& conv = dynamic_cast<const cuda::ConvKernel&>(*forward);
  BOOST_TEST_REQUIRE(conv.launches_before().size() == 2u);
  BOOST_TEST(conv.launches_before()[0].name == "strided_move");
  BOOST_TEST((conv.problem().x == Sizes{2, 3, 9, 9}));
  BOOST_TEST((conv.problem().before == Sizes{0, 0}));
  BOOST_TEST((conv.problem().after == Sizes{0, 0}));

  Attributes attributes = given.attributes();
  attributes.set("size", given.x.slice(1, -1).dims());
  const auto gradient = kernel_of("conv_input_gradient", attributes, {given.value_of_y(), given.value_of_kernel()});
  const auto& of_input = dynamic_cast<const cuda::ConvKernel&>(*gradient);
  BOOST_TEST_REQUIRE(of_input.launches_after().size() == 1u);
  BOOST_TEST(of_input.launches_after()[0].name == "strided_move");

  // On tensor cores cuDNN takes any.
  set_float32_precision("tf32");
  const auto rounded = kernel_of("conv", given.attributes(), {given.value_of_x(), given.value_of_kernel()});
  BOOST_TEST(dynamic_cast<const cuda::ConvKernel&>(*rounded).launches_before().size() == 1u);
  BOOST_TEST((dynamic_cast<const cuda::ConvKernel&>(*rounded).problem().after == Sizes{1, 1}));
}

BOOST_AUTO_TEST_CASE(equal_problems_have_one_plan) {
  if (is_real()) return;
  TestCard card;
  const EmulationOnly restore;
  const Case& given = cases()[1];
  const Tensors inputs{given.value_of_x(), given.value_of_kernel()};
  run_on_card(card, "conv", given.attributes(), inputs);
  const std::size_t searches = cudnn_calls().searches;
  run_on_card(card, "conv", given.attributes(), inputs);
  BOOST_TEST(cudnn_calls().executions == 2u);
  BOOST_TEST(cudnn_calls().searches == searches);
  run_on_card(card, "conv", cases()[4].attributes(), inputs);
  BOOST_TEST(cudnn_calls().searches > searches);
  const auto lock = card.queue().lock();
  BOOST_TEST(static_cast<cuda::Card&>(card.queue()).attached<cuda::ConvPlans>().num_plans() == 2u);
}

BOOST_AUTO_TEST_CASE(engines_are_as_exact_as_was_asked_for) {
  if (is_real()) return;
  TestCard card;
  const EmulationOnly restore;
  const Case& given = cases()[1];
  const Tensors inputs{given.value_of_x(), given.value_of_kernel()};
  Attributes attributes = given.attributes();
  attributes.set("size", given.kernel.slice(0, -2).dims());
  const Tensors of_gradient{given.value_of_x(), given.value_of_y()};

  const Tensor exact = run_on_card(card, "conv", given.attributes(), inputs)[0];
  BOOST_TEST(cudnn_calls().last_engine == kWithWorkspace);
  run_on_card(card, "conv_kernel_gradient", attributes, of_gradient);
  BOOST_TEST(cudnn_calls().last_engine == kNotDeterministic);
  set_deterministic(true);
  run_on_card(card, "conv_kernel_gradient", attributes, of_gradient);
  BOOST_TEST(cudnn_calls().last_engine == kWithWorkspace);

  set_float32_precision("tf32");
  const Tensor rounded = run_on_card(card, "conv", given.attributes(), inputs)[0];
  BOOST_TEST(cudnn_calls().last_engine == kOnTensorCores);
  BOOST_TEST(std::memcmp(exact.raw(), rounded.raw(), exact.num_bytes()) != 0);
}

BOOST_AUTO_TEST_CASE(addresses_need_be_aligned_to_elements_only) {
  TestCard card;
  const Fused given = fused_case(cases()[1], true, false, "relu");
  const auto compiled = kernel_of("fused_conv", given.attributes, given.inputs);
  Queue& queue = card.queue();
  const auto lock = queue.lock();
  // One float behind the beginning of aligned memory.
  const auto shifted = [](const Storage& memory) { return static_cast<void*>(static_cast<float*>(memory.get()) + 1); };
  std::vector<Storage> memory;
  std::vector<const void*> sources;
  for (const Tensor& input : given.inputs) {
    const Storage staging = queue.allocate_on_host(input.num_bytes());
    std::memcpy(staging.get(), input.raw(), input.num_bytes());
    memory.push_back(queue.allocate(input.num_bytes() + sizeof(float), "input"));
    queue.copy(shifted(memory.back()), staging.get(), input.num_bytes());
    queue.keep_until_done(staging);
    sources.push_back(shifted(memory.back()));
  }
  const Tensor expected = run_kernel(Backend::kReference, "fused_conv", given.attributes, given.inputs)[0];
  memory.push_back(queue.allocate(expected.num_bytes() + sizeof(float), "output"));
  void* const target = shifted(memory.back());
  const Storage scratch = queue.allocate(compiled->scratch_bytes(), "scratch");
  compiled->run({sources.data(), &target, scratch.get(), &queue});
  const Storage back = queue.allocate_on_host(expected.num_bytes());
  queue.copy(back.get(), target, expected.num_bytes());
  queue.finish();
  for (std::size_t i = 0; i < expected.data<float>().size(); ++i) {
    BOOST_TEST_REQUIRE(std::abs(static_cast<const float*>(back.get())[i] - expected.data<float>()[i]) < 1e-5f);
  }
}

BOOST_AUTO_TEST_CASE(recordings_keep_the_workspace_they_were_made_with) {
  if (is_real()) return;
  TestCard card;
  Queue& queue = card.queue();
  const auto lock = queue.lock();
  const Case& given = cases()[1];
  const auto compiled = kernel_of("conv", given.attributes(), {given.value_of_x(), given.value_of_kernel()});
  const Tensor y = given.value_of_y();
  const Storage x = queue.allocate(given.value_of_x().num_bytes(), "x");
  const Storage kernel = queue.allocate(given.value_of_kernel().num_bytes(), "kernel");
  const Storage result = queue.allocate(y.num_bytes(), "y");
  const Storage scratch = queue.allocate(compiled->scratch_bytes(), "scratch");
  const void* const sources[] = {x.get(), kernel.get()};
  void* const target = result.get();
  const KernelArguments arguments{sources, &target, scratch.get(), &queue};
  compiled->run(arguments);
  const std::size_t before = EmulatedCard::counts().bytes_allocated;
  const auto recording = queue.record([&] { compiled->run(arguments); });
  BOOST_TEST(EmulatedCard::counts().bytes_allocated == before);
  BOOST_TEST(EmulatedCard::counts().modules == 1u);
  const std::size_t kernels = EmulatedCard::counts().kernels;
  recording->replay();
  queue.finish();
  BOOST_TEST(EmulatedCard::counts().kernels == kernels + 2);  // the one that waited, and the one replayed
}

BOOST_AUTO_TEST_CASE(errors_name_the_convolution) {
  if (is_real()) return;
  TestCard card;
  const Case& given = cases()[1];
  cuda::Libraries libraries = emulated_libraries();
  libraries.cudnn.backend_execute = [](cudnnHandle_t, cudnnBackendDescriptor_t, cudnnBackendDescriptor_t) {
    return CUDNN_STATUS_EXECUTION_FAILED;
  };
  libraries.cudnn.get_last_error_string = [](char* message, std::size_t) { std::strcpy(message, "it broke"); };
  cuda::Card broken(libraries, 0);
  const auto lock = broken.lock();
  const auto compiled = kernel_of("conv", given.attributes(), {given.value_of_x(), given.value_of_kernel()});
  const Storage memory = broken.allocate(4096, "operands");
  const void* const sources[] = {memory.get(), memory.get()};
  void* const target = memory.get();
  BOOST_TEST(message_of<Error>([&] {
               compiled->run({sources, &target, memory.get(), &broken});
             }) ==
             "conv of x (2, 7, 6, 3), kernel (3, 3, 3, 5) and y (2, 7, 6, 5), strides (1, 1), dilation (1, 1), "
             "padding (1, 1) before and (1, 1) after, float32: cuDNN: cudnnBackendExecute failed: an emulated error "
             "[5000]: it broke");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
