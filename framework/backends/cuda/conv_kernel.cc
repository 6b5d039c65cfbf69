#include "framework/backends/cuda/conv_kernel.h"

#include <algorithm>
#include <array>

#include "framework/backends/cuda/chain_source.h"
#include "framework/backends/cuda/conv_launches.h"
#include "framework/elementwise_program.h"
#include "framework/error.h"

namespace cornu::cuda {
namespace {

bool is_served(const KernelRequest& request) {
  constexpr std::array kDTypes{DType::kFloat32, DType::kFloat64, DType::kFloat16, DType::kBFloat16};
  if (std::find(kDTypes.begin(), kDTypes.end(), request.inputs[0].dtype) == kDTypes.end()) return false;
  if (request.operation != "fused_conv") return true;
  constexpr std::array<const char*, 5> kActivations{"", "relu", "relu6", "sigmoid", "tanh"};
  const std::string activation = request.attributes.string("activation");
  return std::any_of(kActivations.begin(), kActivations.end(), [&](const char* name) { return activation == name; });
}

// `activation(y + bias + addend)` of a "fused_conv", over y. In `scratch` "relu6" has its bound.
std::vector<Launch> epilogue_of(const KernelRequest& request, Launch::Operand scratch) {
  const TensorSpec& y = request.outputs[0];
  const std::string activation = request.attributes.string("activation");
  ElementwiseProgram program;
  TensorSpecs specs{y};
  std::vector<Launch::Operand> operands{Launch::output(0)};
  for (std::size_t i = 2; i < request.inputs.size(); ++i) {
    specs.push_back(request.inputs[i]);
    operands.push_back(Launch::input(i));
  }
  std::vector<Launch> launches;
  const bool is_bounded = activation == "relu6";
  if (is_bounded) {
    specs.push_back({{}, y.dtype});
    operands.push_back(scratch);
    launches.push_back(fill(specs.back(), 6, scratch));
  }
  const auto add = [&](const std::string& operation, std::vector<int> inputs) {
    program.steps.push_back({operation, std::move(inputs), y.dtype});
    return static_cast<int>(specs.size() + program.steps.size()) - 1;
  };
  int value = 0;
  for (std::size_t i = 2; i < request.inputs.size(); ++i) value = add("add", {value, static_cast<int>(i) - 1});
  if (!activation.empty()) value = add(is_bounded ? "relu" : activation, {value});
  if (is_bounded) value = add("minimum", {value, static_cast<int>(specs.size()) - 1});
  if (program.steps.empty()) return {};
  program.outputs = {value};
  const auto source = chain_source(program, specs, {&y, 1}, "conv_epilogue");
  operands.push_back(Launch::output(0));
  launches.push_back({"conv_epilogue", source->text, blocks_for(y.shape.num_elements() / source->elements_per_thread),
                      kThreads, operands});
  return launches;
}

bool is_empty(const TensorSpec& spec) { return spec.shape.num_elements() == 0; }

// Where an operand is empty, sums are of no products.
std::unique_ptr<Kernel> empty_kernel(const KernelRequest& request) {
  std::vector<Launch> launches;
  std::size_t scratch_bytes = 0;
  if (!is_empty(request.outputs[0])) {
    launches.push_back(fill(request.outputs[0], 0, Launch::output(0)));
    if (request.operation == "fused_conv") {
      for (Launch& launch : epilogue_of(request, Launch::scratch(0))) launches.push_back(std::move(launch));
      scratch_bytes = size_of(request.outputs[0].dtype);
    }
  }
  if (request.outputs.size() > 1 && !is_empty(request.outputs[1])) {
    ScratchLaunches sums = column_sums(request.inputs[1], Launch::input(1), Launch::output(1), 0);
    scratch_bytes = sums.scratch_bytes;
    for (Launch& launch : sums.launches) launches.push_back(std::move(launch));
  }
  return std::make_unique<LaunchKernel>(std::move(launches), scratch_bytes);
}

void* address_of(const std::optional<Launch::Operand>& operand, const KernelArguments& arguments) {
  if (!operand) return nullptr;
  switch (operand->kind) {
    case Launch::Operand::Kind::kInput: return const_cast<void*>(arguments.inputs[operand->index]);
    case Launch::Operand::Kind::kOutput: return arguments.outputs[operand->index];
    case Launch::Operand::Kind::kScratch: break;
  }
  return static_cast<std::byte*>(arguments.scratch) + operand->index;
}

}  // namespace

std::unique_ptr<Kernel> ConvKernel::make(const KernelRequest& request) {
  if (!is_served(request)) return nullptr;
  if (is_empty(request.inputs[0]) || is_empty(request.inputs[1]) || is_empty(request.outputs[0])) {
    return empty_kernel(request);
  }
  return std::unique_ptr<Kernel>(new ConvKernel(request));
}

ConvKernel::ConvKernel(const KernelRequest& request) : problem_(conv_problem(request)) {
  switch (problem_.kind) {
    case ConvProblem::Kind::kForward:
      operands_ = {Launch::input(0), {}, Launch::output(0), {}, {}};
      add_padding();
      add_kernel(request.inputs[1]);
      if (request.operation == "fused_conv") add_epilogue(request);
      break;
    case ConvProblem::Kind::kInputGradient:
      operands_ = {Launch::output(0), {}, Launch::input(0), {}, {}};
      add_padding();
      add_kernel(request.inputs[1]);
      break;
    case ConvProblem::Kind::kKernelGradient:
      operands_ = {Launch::input(0), {}, Launch::input(1), {}, {}};
      add_kernel(request.outputs[0]);
      if (request.outputs.size() > 1) {
        ScratchLaunches sums = column_sums(request.inputs[1], Launch::input(1), Launch::output(1), scratch_bytes_);
        take_scratch(sums.scratch_bytes);
        for (Launch& launch : sums.launches) after_.push_back(std::move(launch));
      }
      break;
  }
  unaligned_ = problem_;
  unaligned_.alignment = static_cast<std::int64_t>(size_of(problem_.dtype));
}

std::size_t ConvKernel::take_scratch(std::size_t bytes) {
  constexpr std::size_t kAlignment = 256;
  const std::size_t offset = scratch_bytes_;
  scratch_bytes_ += (bytes + kAlignment - 1) / kAlignment * kAlignment;
  return offset;
}

void ConvKernel::add_padding() {
  if (!problem_.wants_symmetric_padding()) return;
  const ConvProblem given = problem_;
  problem_ = given.with_symmetric_padding();
  std::size_t bytes = size_of(given.dtype);
  for (const std::int64_t size : problem_.x) bytes *= static_cast<std::size_t>(size);
  const Launch::Operand x = *operands_.x;
  const Launch::Operand padded = Launch::scratch(take_scratch(bytes));
  operands_.x = padded;
  std::vector<std::int64_t> more_before;
  std::vector<std::int64_t> less_before;
  for (std::size_t axis = 0; axis < given.before.size(); ++axis) {
    more_before.push_back(given.before[axis] - problem_.before[axis]);
    less_before.push_back(-more_before.back());
  }
  if (given.kind == ConvProblem::Kind::kForward) {
    before_.push_back(move_images("conv_pad_images", given.dtype, given.x, problem_.x, more_before, x, padded));
  } else {
    after_.push_back(move_images("conv_crop_images", given.dtype, problem_.x, given.x, less_before, padded, x));
  }
}

void ConvKernel::add_kernel(const TensorSpec& kernel) {
  const bool is_result = problem_.kind == ConvProblem::Kind::kKernelGradient;
  const Launch::Operand given = is_result ? Launch::output(0) : Launch::input(1);
  const ConvKernelLayout layout(kernel);
  if (layout.is_shared()) {
    operands_.kernel = given;
    return;
  }
  operands_.kernel = Launch::scratch(take_scratch(layout.num_bytes()));
  if (is_result) {
    after_.push_back(layout.from_cudnn(*operands_.kernel, given));
  } else {
    before_.push_back(layout.to_cudnn(given, *operands_.kernel));
  }
}

void ConvKernel::add_epilogue(const KernelRequest& request) {
  const std::string activation = request.attributes.string("activation");
  const bool has_bias = request.attributes.flag("bias");
  if (has_bias) operands_.bias = Launch::input(2);
  if (request.attributes.flag("addend")) operands_.addend = Launch::input(has_bias ? 3 : 2);
  epilogue_ = epilogue_of(request, Launch::scratch(scratch_bytes_));
  if (activation == "relu6") take_scratch(size_of(problem_.dtype));
  if (!has_bias || (!activation.empty() && activation != "relu")) return;
  fused_ = problem_;
  fused_->adds_bias = true;
  fused_->adds_addend = operands_.addend.has_value();
  fused_->applies_relu = activation == "relu";
}

void ConvKernel::run(const KernelArguments& arguments) const {
  auto& card = static_cast<Card&>(*arguments.queue);
  for (const Launch& launch : before_) card.launch(launch, arguments);
  const ConvAddresses addresses{address_of(operands_.x, arguments), address_of(operands_.kernel, arguments),
                                address_of(operands_.y, arguments), address_of(operands_.bias, arguments),
                                address_of(operands_.addend, arguments)};
  ConvPlans& plans = ConvPlans::of(card);
  const bool aligned = addresses.are_aligned();
  // For a fused convolution cuDNN names the same engines whatever the alignment, so it is not trusted there.
  const ConvPlan* plan = fused_ && aligned ? plans.find(card, *fused_) : nullptr;
  if (plan) {
    run_conv_plan(card, *plan, *fused_, addresses);
  } else {
    const ConvProblem& problem = aligned ? problem_ : unaligned_;
    plan = plans.find(card, problem);
    if (!plan) throw Unsupported("cuDNN cannot compute " + problem.to_string());
    run_conv_plan(card, *plan, problem, addresses);
    for (const Launch& launch : epilogue_) card.launch(launch, arguments);
  }
  for (const Launch& launch : after_) card.launch(launch, arguments);
}

namespace {

bool register_convolutions() {
  for (const char* operation :
       {"conv", "fused_conv", "conv_input_gradient", "conv_kernel_gradient", "conv_kernel_bias_gradient"}) {
    register_kernel(operation, Backend::kCuda, ConvKernel::make);
  }
  return true;
}

const bool kRegistered = register_convolutions();

}  // namespace
}  // namespace cornu::cuda
