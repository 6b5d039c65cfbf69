#include "framework/backends/cuda/conv_launches.h"

#include <algorithm>
#include <array>
#include <string>

#include "framework/backends/cuda/chain_source.h"
#include "framework/backends/cuda/device_text.h"
#include "framework/elementwise_program.h"

namespace cornu::cuda {
namespace {

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

Launch launch_of(const std::string& name, const std::string& call, std::int64_t blocks,
                 std::vector<Launch::Operand> operands) {
  const std::string text = device_text({"device_types", "conv_functions"}) + "CORNU_KERNEL(" + name + ", " +
                           std::to_string(operands.size()) + ") { device::" + call + "; }\n";
  return {name, text, static_cast<unsigned int>(blocks), kThreads, std::move(operands)};
}

Launch transpose(DType dtype, std::int64_t rows, std::int64_t columns, Launch::Operand from, Launch::Operand to) {
  constexpr std::int64_t kSide = 32;
  const std::string call = "transpose<" + std::string(device_type(dtype)) + ", " + std::to_string(rows) + ", " +
                           std::to_string(columns) + ">(operands.at[0], operands.at[1])";
  return launch_of("conv_transpose_kernel", call, ceil_div(rows, kSide) * ceil_div(columns, kSide), {from, to});
}

}  // namespace

DType summed_in(DType dtype) { return dtype == DType::kFloat64 ? DType::kFloat64 : DType::kFloat32; }

ConvKernelLayout::ConvKernelLayout(const TensorSpec& kernel)
    : dtype_(kernel.dtype), rows_(kernel.shape.slice(0, -1).num_elements()), filters_(kernel.shape.back()) {}

std::size_t ConvKernelLayout::num_bytes() const { return static_cast<std::size_t>(rows_ * filters_) * size_of(dtype_); }

Launch ConvKernelLayout::to_cudnn(Launch::Operand from, Launch::Operand to) const {
  return transpose(dtype_, rows_, filters_, from, to);
}

Launch ConvKernelLayout::from_cudnn(Launch::Operand from, Launch::Operand to) const {
  return transpose(dtype_, filters_, rows_, from, to);
}

SummedRows::SummedRows(std::int64_t rows, std::int64_t columns) : width(1) {
  while (width < columns && width < 32) width *= 2;
  strips = ceil_div(columns, width);
  // Some rows for each thread, but no more blocks than the largest cards run a few times over.
  constexpr std::int64_t kRowsPerThread = 16;
  constexpr std::int64_t kMaxBlocks = 1024;
  parts = std::clamp<std::int64_t>(ceil_div(rows, kThreads / width * kRowsPerThread), 1,
                                   std::max<std::int64_t>(kMaxBlocks / strips, 1));
  rows_per_part = std::max<std::int64_t>(ceil_div(rows, parts), 1);
}

namespace {

Launch sum_parts(const std::string& name, const TensorSpec& matrix, DType result, const SummedRows& split,
                 Launch::Operand from, Launch::Operand to) {
  const std::int64_t columns = matrix.shape.back();
  const std::string call = "column_sums<" + std::string(device_type(matrix.dtype)) + ", " + device_type(result) + ", " +
                           std::to_string(matrix.shape.slice(0, -1).num_elements()) + ", " + std::to_string(columns) +
                           ", " + std::to_string(split.rows_per_part) + ", " + std::to_string(split.width) +
                           ">(operands.at[0], operands.at[1])";
  return launch_of(name, call, split.strips * split.parts, {from, to});
}

}  // namespace

Launch column_sums_at_once(const TensorSpec& matrix, DType result, Launch::Operand from, Launch::Operand to) {
  const std::int64_t rows = matrix.shape.slice(0, -1).num_elements();
  SummedRows all(rows, matrix.shape.back());
  all.parts = 1;
  all.rows_per_part = std::max<std::int64_t>(rows, 1);
  return sum_parts("conv_column_sums", matrix, result, all, from, to);
}

ScratchLaunches column_sums(const TensorSpec& matrix, Launch::Operand from, Launch::Operand to,
                            std::size_t scratch_offset) {
  const SummedRows split(matrix.shape.slice(0, -1).num_elements(), matrix.shape.back());
  if (split.parts == 1) return {{column_sums_at_once(matrix, matrix.dtype, from, to)}, 0};
  const TensorSpec sums{{split.parts, matrix.shape.back()}, summed_in(matrix.dtype)};
  const Launch::Operand partial = Launch::scratch(scratch_offset);
  return {{sum_parts("conv_column_sums_of_parts", matrix, sums.dtype, split, from, partial),
           column_sums_at_once(sums, matrix.dtype, partial, to)},
          static_cast<std::size_t>(sums.shape.num_elements()) * size_of(sums.dtype)};
}

Launch move_images(const std::string& name, DType dtype, const std::vector<std::int64_t>& from_sizes,
                   const std::vector<std::int64_t>& to_sizes, const std::vector<std::int64_t>& before,
                   Launch::Operand from, Launch::Operand to) {
  const std::int64_t batch = to_sizes[0];
  const std::int64_t channels = to_sizes[1];
  std::int64_t count = channels;
  std::int64_t from_count = channels;
  // The last numbers of a list as three, with a filler before them.
  const auto three = [](const std::vector<std::int64_t>& numbers, std::size_t first, const char* filler) {
    std::string text;
    if (numbers.size() - first == 2) text += std::string(", ") + filler;
    for (std::size_t i = first; i < numbers.size(); ++i) text += ", " + std::to_string(numbers[i]);
    return text;
  };
  for (std::size_t i = 2; i < to_sizes.size(); ++i) {
    count *= to_sizes[i];
    from_count *= from_sizes[i];
  }
  // A thread counts on beyond the last element.
  const bool is_small = batch * std::max(count, from_count) < std::int64_t{1} << 31;
  std::int64_t width = 16 / static_cast<std::int64_t>(size_of(dtype));
  while (channels % width != 0) width /= 2;
  const std::string call = "move_images<" + std::string(device_type(dtype)) +
                           (is_small ? ", unsigned int, " : ", long long, ") + std::to_string(width) + ", " +
                           std::to_string(batch) + ", " + std::to_string(channels) + three(to_sizes, 2, "1") +
                           three(from_sizes, 2, "1") + three(before, 0, "0") + ">(operands.at[0], operands.at[1])";
  return launch_of(name, call, blocks_for(batch * count / width), {from, to});
}

Launch fill(const TensorSpec& spec, double value, Launch::Operand to) {
  const std::int64_t count = spec.shape.num_elements();
  return launch_of("conv_fill",
                   "fill<" + std::string(device_type(spec.dtype)) + ", " + std::to_string(count) +
                       ">(operands.at[0], " + std::to_string(value) + ")",
                   blocks_for(count), {to});
}

bool has_conv_epilogue(const KernelRequest& request) {
  constexpr std::array<const char*, 5> kActivations{"", "relu", "relu6", "sigmoid", "tanh"};
  const std::string activation = request.attributes.string("activation");
  return std::any_of(kActivations.begin(), kActivations.end(), [&](const char* name) { return activation == name; });
}

ScratchLaunches conv_epilogue(const KernelRequest& request, std::size_t scratch_offset) {
  const TensorSpec& y = request.outputs[0];
  const std::string activation = request.attributes.string("activation");
  ElementwiseProgram program;
  TensorSpecs specs{y};
  std::vector<Launch::Operand> operands{Launch::output(0)};
  for (std::size_t i = 2; i < request.inputs.size(); ++i) {
    specs.push_back(request.inputs[i]);
    operands.push_back(Launch::input(i));
  }
  ScratchLaunches result;
  const bool is_bounded = activation == "relu6";
  if (is_bounded) {
    specs.push_back({{}, y.dtype});
    operands.push_back(Launch::scratch(scratch_offset));
    result.launches.push_back(fill(specs.back(), 6, operands.back()));
    result.scratch_bytes = size_of(y.dtype);
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
  result.launches.push_back({"conv_epilogue", source->text,
                             blocks_for(y.shape.num_elements() / source->elements_per_thread), kThreads, operands});
  return result;
}

}  // namespace cornu::cuda
