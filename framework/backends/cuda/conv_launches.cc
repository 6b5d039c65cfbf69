#include "framework/backends/cuda/conv_launches.h"

#include <algorithm>
#include <string>

#include "framework/backends/cuda/device_text.h"

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

ConvKernelLayout::ConvKernelLayout(const TensorSpec& kernel)
    : dtype_(kernel.dtype), rows_(kernel.shape.slice(0, -1).num_elements()), filters_(kernel.shape.back()) {}

std::size_t ConvKernelLayout::num_bytes() const { return static_cast<std::size_t>(rows_ * filters_) * size_of(dtype_); }

Launch ConvKernelLayout::to_cudnn(Launch::Operand from, Launch::Operand to) const {
  return transpose(dtype_, rows_, filters_, from, to);
}

Launch ConvKernelLayout::from_cudnn(Launch::Operand from, Launch::Operand to) const {
  return transpose(dtype_, filters_, rows_, from, to);
}

ScratchLaunches column_sums(const TensorSpec& matrix, Launch::Operand from, Launch::Operand to,
                            std::size_t scratch_offset) {
  const std::int64_t columns = matrix.shape.back();
  const std::int64_t rows = matrix.shape.slice(0, -1).num_elements();
  std::int64_t width = 1;
  while (width < columns && width < 32) width *= 2;
  const std::int64_t lines = kThreads / width;
  const std::int64_t strips = ceil_div(columns, width);
  // Some rows for each thread, but no more blocks than the largest cards run a few times over.
  constexpr std::int64_t kRowsPerThread = 16;
  constexpr std::int64_t kMaxBlocks = 1024;
  const std::int64_t parts = std::clamp<std::int64_t>(ceil_div(rows, lines * kRowsPerThread), 1,
                                                      std::max<std::int64_t>(kMaxBlocks / strips, 1));
  const auto sums = [&](const char* name, DType dtype, DType result, std::int64_t num_rows, std::int64_t num_parts,
                        Launch::Operand source, Launch::Operand target) {
    const std::int64_t rows_per_block = std::max<std::int64_t>(ceil_div(num_rows, num_parts), 1);
    return launch_of(name,
                     "column_sums<" + std::string(device_type(dtype)) + ", " + device_type(result) + ", " +
                         std::to_string(num_rows) + ", " + std::to_string(columns) + ", " +
                         std::to_string(rows_per_block) + ", " + std::to_string(width) +
                         ">(operands.at[0], operands.at[1])",
                     strips * num_parts, {source, target});
  };
  if (parts == 1) return {{sums("conv_bias_gradient", matrix.dtype, matrix.dtype, rows, 1, from, to)}, 0};
  const DType wide = matrix.dtype == DType::kFloat64 ? DType::kFloat64 : DType::kFloat32;
  const Launch::Operand partial = Launch::scratch(scratch_offset);
  return {{sums("conv_bias_gradient_parts", matrix.dtype, wide, rows, parts, from, partial),
           sums("conv_bias_gradient", wide, matrix.dtype, parts, 1, partial, to)},
          static_cast<std::size_t>(parts * columns) * size_of(wide)};
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

}  // namespace cornu::cuda
