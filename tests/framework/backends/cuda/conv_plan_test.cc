// What cuDNN itself says of convolutions, on a machine without a card: the real library finds plans for the cards that
// it is told of. What they compute is conv_kernel_test.cc's to compare.

#include "framework/backends/cuda/conv_plan.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "framework/backends/cuda/conv_graph.h"
#include "framework/error.h"
#include "framework/numerics.h"
#include "tests/framework/backends/cuda/emulation/cudnn_without_card.h"
#include "tests/support/kernel_test.h"
#include "tests/support/message_of.h"

namespace cornu::test {
namespace {

using cuda::ConvProblem;
using Sizes = std::vector<std::int64_t>;

struct Layer {
  Shape x;
  Shape kernel;
  std::string padding = "same";
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t groups = 1;
  Sizes pads = {};
};

const std::vector<Layer>& networks() {
  static const std::vector<Layer> layers{// LeNet
                                         {{64, 28, 28, 1}, {5, 5, 1, 6}},
                                         {{64, 14, 14, 6}, {5, 5, 6, 16}, "valid"},
                                         // the tower of the siamese network, and its like
                                         {{256, 28, 28, 1}, {3, 3, 1, 32}},
                                         {{256, 14, 14, 32}, {3, 3, 32, 64}},
                                         // ResNet-20
                                         {{128, 32, 32, 3}, {3, 3, 3, 16}},
                                         {{128, 32, 32, 16}, {3, 3, 16, 16}},
                                         {{128, 32, 32, 16}, {3, 3, 16, 32}, "same", 2},
                                         {{128, 32, 32, 16}, {1, 1, 16, 32}, "same", 2},
                                         {{128, 16, 16, 32}, {3, 3, 32, 32}},
                                         {{128, 16, 16, 32}, {3, 3, 32, 64}, "same", 2},
                                         {{128, 16, 16, 32}, {1, 1, 32, 64}, "same", 2},
                                         {{128, 8, 8, 64}, {3, 3, 64, 64}}};
  return layers;
}

const std::vector<Layer>& odd_layers() {
  static const std::vector<Layer> layers{{{8, 224, 224, 3}, {7, 7, 3, 64}, "explicit", 2, 1, 1, {3, 3, 3, 3}},
                                         {{8, 224, 224, 3}, {7, 7, 3, 64}, "same", 2},        // 2 zeros before, 3 after
                                         {{7, 31, 17, 5}, {3, 2, 5, 7}},                      // an even window
                                         {{4, 14, 14, 16}, {3, 3, 16, 32}, "same", 1, 2},     // dilation
                                         {{4, 14, 14, 16}, {3, 3, 8, 32}, "same", 1, 1, 2},   // groups
                                         {{4, 14, 14, 32}, {3, 3, 1, 32}, "same", 1, 1, 32},  // depthwise
                                         {{4, 14, 14, 32}, {3, 3, 1, 64}, "same", 2, 1, 32},  // two filters each
                                         {{4, 100, 16}, {3, 16, 32}},                         // one spatial axis
                                         {{4, 100, 16}, {3, 16, 32}, "explicit", 1, 4, 1, {8, 0}},  // causal
                                         {{2, 8, 14, 14, 16}, {3, 3, 3, 16, 32}, "same", 2},        // three
                                         {{2, 8, 8, 4}, {3, 3, 4, 4}, "explicit", 1, 1, 1, {5, 4, 4, 5}},
                                         {{1, 1, 1, 1}, {1, 1, 1, 1}},
                                         {{3, 9, 9, 3}, {2, 2, 3, 7}, "valid", 3}};  // leaves a row and a column out
  return layers;
}

ConvProblem problem_of(const std::string& operation, const Layer& layer, DType dtype) {
  const auto rank = static_cast<std::size_t>(layer.x.rank()) - 2;
  Attributes attributes{{"strides", Sizes(rank, layer.stride)},
                        {"dilation", Sizes(rank, layer.dilation)},
                        {"padding", layer.padding},
                        {"groups", layer.groups}};
  if (!layer.pads.empty()) attributes.set("pads", layer.pads);
  const TensorSpec x{layer.x, dtype};
  const TensorSpec kernel{layer.kernel, dtype};
  const TensorSpec inputs[] = {x, kernel};
  const TensorSpec y = operation_named("conv").infer(inputs, attributes)[0];
  const TensorSpecs given = operation == "conv_input_gradient"    ? TensorSpecs{y, kernel}
                            : operation == "conv_kernel_gradient" ? TensorSpecs{x, y}
                                                                  : TensorSpecs{x, kernel};
  const TensorSpecs results{operation == "conv_input_gradient" ? x : operation == "conv_kernel_gradient" ? kernel : y};
  const ConvProblem problem = cuda::conv_problem({operation, attributes, given, results});
  return problem.wants_symmetric_padding() ? problem.with_symmetric_padding() : problem;
}

// A layer's convolution, in all forms that cuDNN fuses, and its gradients.
std::vector<ConvProblem> problems_of(const Layer& layer, DType dtype) {
  std::vector<ConvProblem> problems;
  for (const char* operation : {"conv", "conv_input_gradient", "conv_kernel_gradient"}) {
    problems.push_back(problem_of(operation, layer, dtype));
  }
  for (const bool addend : {false, true}) {
    for (const bool relu : {false, true}) {
      problems.push_back(problems[0]);
      problems.back().adds_bias = true;
      problems.back().adds_addend = addend;
      problems.back().applies_relu = relu;
    }
  }
  return problems;
}

// Handles are not looked at.
cudnnHandle_t no_handle() { return nullptr; }

std::vector<cudnnBackendNumericalNote_t> notes_of(const cuda::ConvPlan& plan) {
  return plan.parts[plan.parts.size() - 2]
      .part(CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_BACKEND_ENGINE_DESCRIPTOR)
      .numerical_notes(CUDNN_ATTR_ENGINE_NUMERICAL_NOTE);
}

bool has(const std::vector<cudnnBackendNumericalNote_t>& notes, cudnnBackendNumericalNote_t note) {
  return std::find(notes.begin(), notes.end(), note) != notes.end();
}

// The engine that serves everything notes that it keeps every NaN; it is far slower than the others.
bool is_slowest(const std::optional<cuda::ConvPlan>& plan) {
  return plan && has(notes_of(*plan), CUDNN_NUMERICAL_NOTE_STRICT_NAN_PROP);
}

// cuDNN for a card; skips the running case where there is none.
cuda::OrReason<cuda::Cudnn> cudnn_for(cuda::ComputeCapability capability) {
  auto cudnn = cudnn_without_card(capability);
  if (!cudnn) BOOST_TEST_MESSAGE("skipped: " << cudnn.reason());
  return cudnn;
}

void check_has_plan(const cuda::Cudnn& cudnn, const ConvProblem& problem) {
  const auto plan = cuda::find_conv_plan(cudnn, no_handle(), problem);
  BOOST_TEST_CONTEXT(problem.to_string() << (problem.adds_bias ? " bias" : "") << (problem.adds_addend ? " addend" : "")
                                         << (problem.applies_relu ? " relu" : "")) {
    BOOST_TEST(plan.has_value());
    if (!plan) return;
    BOOST_TEST(plan->workspace_bytes <= std::size_t{512} << 20);
    for (const cudnnBackendNumericalNote_t note : notes_of(*plan)) BOOST_TEST(problem.accepts(note));
  }
}

constexpr cuda::ComputeCapability kCapabilities[] = {{8, 0}, {9, 0}, {10, 0}};

struct RestoredSettings {
  ~RestoredSettings() {
    set_float32_precision("fast");
    set_deterministic(false);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_conv_plan)

BOOST_AUTO_TEST_CASE(cudnn_has_plans_for_all_layers_of_networks) {
  for (const cuda::ComputeCapability capability : kCapabilities) {
    const auto cudnn = cudnn_for(capability);
    if (!cudnn) return;
    for (const Layer& layer : networks()) {
      for (const ConvProblem& problem : problems_of(layer, DType::kFloat32)) check_has_plan(*cudnn, problem);
    }
  }
}

BOOST_AUTO_TEST_CASE(cudnn_has_plans_for_odd_layers) {
  for (const cuda::ComputeCapability capability : kCapabilities) {
    const auto cudnn = cudnn_for(capability);
    if (!cudnn) return;
    for (const Layer& layer : odd_layers()) {
      for (const ConvProblem& problem : problems_of(layer, DType::kFloat32)) check_has_plan(*cudnn, problem);
    }
  }
}

BOOST_AUTO_TEST_CASE(cudnn_has_plans_for_all_dtypes) {
  const auto cudnn = cudnn_for({9, 0});
  if (!cudnn) return;
  for (const DType dtype : {DType::kFloat64, DType::kFloat16, DType::kBFloat16}) {
    for (const std::vector<Layer>& layers : {networks(), odd_layers()}) {
      for (const Layer& layer : layers) {
        for (const ConvProblem& problem : problems_of(layer, dtype)) check_has_plan(*cudnn, problem);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(cudnn_has_plans_under_all_settings) {
  const auto cudnn = cudnn_for({9, 0});
  if (!cudnn) return;
  const RestoredSettings restore;
  set_deterministic(true);
  for (const char* precision : {"exact", "fast", "tf32"}) {
    set_float32_precision(precision);
    for (const std::vector<Layer>& layers : {networks(), odd_layers()}) {
      for (const Layer& layer : layers) {
        for (const ConvProblem& problem : problems_of(layer, DType::kFloat32)) check_has_plan(*cudnn, problem);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(cudnn_has_plans_for_addresses_of_any_element) {
  const auto cudnn = cudnn_for({9, 0});
  if (!cudnn) return;
  for (const DType dtype : {DType::kFloat32, DType::kFloat64, DType::kFloat16}) {
    for (const std::vector<Layer>& layers : {networks(), odd_layers()}) {
      for (const Layer& layer : layers) {
        for (const char* operation : {"conv", "conv_input_gradient", "conv_kernel_gradient"}) {
          ConvProblem problem = problem_of(operation, layer, dtype);
          problem.alignment = static_cast<std::int64_t>(size_of(dtype));
          check_has_plan(*cudnn, problem);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(tensor_cores_compute_tf32_and_short_floats_only) {
  const auto cudnn = cudnn_for({9, 0});
  if (!cudnn) return;
  const RestoredSettings restore;
  const Layer layer{{128, 8, 8, 64}, {3, 3, 64, 64}};
  const auto uses_tensor_cores = [&](DType dtype) {
    const auto plan = cuda::find_conv_plan(*cudnn, no_handle(), problem_of("conv", layer, dtype));
    return plan && has(notes_of(*plan), CUDNN_NUMERICAL_NOTE_TENSOR_CORE);
  };
  BOOST_TEST(!uses_tensor_cores(DType::kFloat32));
  set_float32_precision("tf32");
  BOOST_TEST(uses_tensor_cores(DType::kFloat32));
  BOOST_TEST(uses_tensor_cores(DType::kBFloat16));
}

BOOST_AUTO_TEST_CASE(layers_of_networks_have_fast_engines) {
  const auto cudnn = cudnn_for({9, 0});
  if (!cudnn) return;
  for (const Layer& layer : networks()) {
    for (const ConvProblem& problem : problems_of(layer, DType::kFloat32)) {
      BOOST_TEST(!is_slowest(cuda::find_conv_plan(*cudnn, no_handle(), problem)), problem.to_string());
    }
  }
}

BOOST_AUTO_TEST_CASE(layers_with_more_zeros_behind_than_before_have_fast_engines) {
  const Layer layer{{128, 32, 32, 16}, {3, 3, 16, 32}, "same", 2};
  const RestoredSettings restore;
  for (const cuda::ComputeCapability capability : kCapabilities) {
    const auto cudnn = cudnn_for(capability);
    if (!cudnn) return;
    for (const char* precision : {"fast", "tf32"}) {
      set_float32_precision(precision);
      for (const ConvProblem& problem : problems_of(layer, DType::kFloat32)) {
        BOOST_TEST(!is_slowest(cuda::find_conv_plan(*cudnn, no_handle(), problem)), problem.to_string());
      }
    }
    for (const ConvProblem& problem : problems_of(layer, DType::kFloat64)) {
      BOOST_TEST(!is_slowest(cuda::find_conv_plan(*cudnn, no_handle(), problem)), problem.to_string());
    }
  }
}

// What cuDNN is given when a plan runs can be made without a card too.
BOOST_AUTO_TEST_CASE(operands_are_what_cudnn_expects) {
  const auto cudnn = cudnn_for({9, 0});
  if (!cudnn) return;
  ConvProblem problem = problem_of("conv", networks()[0], DType::kFloat32);
  float values[16] = {};
  BOOST_CHECK_NO_THROW(cuda::conv_operands(*cudnn, problem, {values, values, values, nullptr, nullptr}, nullptr));
  problem.adds_bias = problem.adds_addend = true;
  BOOST_CHECK_NO_THROW(cuda::conv_operands(*cudnn, problem, {values, values, values, values, values}, values));
}

BOOST_AUTO_TEST_CASE(an_error_says_which_condition_was_not_met) {
  const auto cudnn = cudnn_for({9, 0});
  if (!cudnn) return;
  ConvProblem problem = problem_of("conv", networks()[0], DType::kFloat32);
  problem.alignment = 3;
  const std::string message = message_of<Error>([&] { cuda::find_conv_plan(*cudnn, no_handle(), problem); });
  BOOST_TEST(
      message.starts_with("conv of x (64, 28, 28, 1), kernel (5, 5, 1, 6) and y (64, 28, 28, 6), strides (1, 1)"),
      message);
  BOOST_TEST(message.find("float32: cuDNN: cudnnBackendFinalize failed: CUDNN_STATUS_") != std::string::npos, message);
  BOOST_TEST(message.find("ptrAlignment") != std::string::npos, message);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
