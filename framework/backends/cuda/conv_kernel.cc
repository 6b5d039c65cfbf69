#include "framework/backends/cuda/conv_kernel.h"

#include <algorithm>
#include <array>

#include "framework/backends/cuda/conv_launches.h"
#include "framework/backends/cuda/depthwise_conv.h"
#include "framework/error.h"

namespace cornu::cuda {
namespace {

bool is_served(const KernelRequest& request) {
  constexpr std::array kDTypes{DType::kFloat32, DType::kFloat64, DType::kFloat16, DType::kBFloat16};
  if (std::find(kDTypes.begin(), kDTypes.end(), request.inputs[0].dtype) == kDTypes.end()) return false;
  return request.operation != "fused_conv" || has_conv_epilogue(request);
}

bool is_empty(const TensorSpec& spec) { return spec.shape.num_elements() == 0; }

// Launches one after another, in scratch memory of which all use the same.
void append(ScratchLaunches& all, ScratchLaunches more) {
  for (Launch& launch : more.launches) all.launches.push_back(std::move(launch));
  all.scratch_bytes = std::max(all.scratch_bytes, more.scratch_bytes);
}

// A kernel without cuDNN: the launches that compute the first output, and what follows them.
std::unique_ptr<Kernel> launch_kernel(const KernelRequest& request, ScratchLaunches launches) {
  if (request.operation == "fused_conv" && !is_empty(request.outputs[0])) append(launches, conv_epilogue(request, 0));
  if (request.outputs.size() > 1 && !is_empty(request.outputs[1])) {
    append(launches, column_sums(request.inputs[1], Launch::input(1), Launch::output(1), 0));
  }
  return std::make_unique<LaunchKernel>(std::move(launches.launches), launches.scratch_bytes);
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
    // Sums of no products.
    ScratchLaunches launches;
    if (!is_empty(request.outputs[0])) launches = zeros(request.outputs[0], Launch::output(0));
    return launch_kernel(request, std::move(launches));
  }
  const ConvProblem problem = conv_problem(request);
  if (is_depthwise(problem)) {
    return launch_kernel(request,
                         depthwise_launches(problem, Launch::input(0), Launch::input(1), Launch::output(0), 0));
  }
  return std::unique_ptr<Kernel>(new ConvKernel(request, problem));
}

ConvKernel::ConvKernel(const KernelRequest& request, const ConvProblem& problem) : problem_(problem) {
  switch (problem_.kind) {
    case ConvProblem::Kind::kForward:
      operands_ = {Launch::input(0), {}, Launch::output(0), {}, {}};
      add_padding();
      add_kernel(request);
      if (request.operation == "fused_conv") add_epilogue(request);
      break;
    case ConvProblem::Kind::kInputGradient:
      operands_ = {Launch::output(0), {}, Launch::input(0), {}, {}};
      add_padding();
      add_kernel(request);
      break;
    case ConvProblem::Kind::kKernelGradient:
      operands_ = {Launch::input(0), {}, Launch::input(1), {}, {}};
      add_kernel(request);
      if (request.outputs.size() > 1) {
        add_to(after_, column_sums(request.inputs[1], Launch::input(1), Launch::output(1), scratch_bytes_));
      }
      break;
  }
  unaligned_ = problem_;
  unaligned_.alignment = static_cast<std::int64_t>(size_of(problem_.dtype));
}

void ConvKernel::add_to(std::vector<Launch>& list, ScratchLaunches more) {
  take_scratch(more.scratch_bytes);
  for (Launch& launch : more.launches) list.push_back(std::move(launch));
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
    add_to(before_, move_images(given.dtype, given.x, problem_.x, more_before, x, padded));
  } else {
    add_to(after_, move_images(given.dtype, problem_.x, given.x, less_before, padded, x));
  }
}

void ConvKernel::add_kernel(const KernelRequest& request) {
  const bool is_result = problem_.kind == ConvProblem::Kind::kKernelGradient;
  const Launch::Operand given = is_result ? Launch::output(0) : Launch::input(1);
  const ConvKernelLayout layout({keras_kernel(request), problem_.dtype});
  if (has_filters_first(request) || layout.is_shared()) {
    operands_.kernel = given;
    return;
  }
  operands_.kernel = Launch::scratch(take_scratch(layout.num_bytes()));
  if (is_result) {
    add_to(after_, layout.from_cudnn(*operands_.kernel, given));
  } else {
    add_to(before_, layout.to_cudnn(given, *operands_.kernel));
  }
}

void ConvKernel::add_epilogue(const KernelRequest& request) {
  const std::string activation = request.attributes.string("activation");
  const bool has_bias = request.attributes.flag("bias");
  if (has_bias) operands_.bias = Launch::input(2);
  if (request.attributes.flag("addend")) operands_.addend = Launch::input(has_bias ? 3 : 2);
  add_to(epilogue_, conv_epilogue(request, scratch_bytes_));
  if (!has_bias || (!activation.empty() && activation != "relu")) return;
  fused_ = problem_;
  fused_->adds_bias = true;
  fused_->adds_addend = operands_.addend.has_value();
  fused_->applies_relu = activation == "relu";
}

std::vector<const Launch*> ConvKernel::all_launches() const {
  std::vector<const Launch*> list;
  for (const auto* launches : {&before_, &epilogue_, &after_}) {
    for (const Launch& launch : *launches) list.push_back(&launch);
  }
  return list;
}

void ConvKernel::run(const KernelArguments& arguments) const {
  auto& card = static_cast<Card&>(*arguments.queue);
  for (const Launch& launch : before_) card.launch(launch, arguments);
  const ConvAddresses addresses{address_of(operands_.x, arguments), address_of(operands_.kernel, arguments),
                                address_of(operands_.y, arguments), address_of(operands_.bias, arguments),
                                address_of(operands_.addend, arguments)};
  ConvPlans& plans = card.attached<ConvPlans>();
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
