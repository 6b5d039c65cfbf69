#include "framework/backends/cuda/depthwise_conv.h"

#include <algorithm>
#include <limits>
#include <string>

#include "framework/backends/cuda/device_text.h"

namespace cornu::cuda {
namespace {

constexpr std::int64_t kMaxTaps = 49;  // a thread holds that many sums for the gradient of a kernel

std::int64_t product(const std::vector<std::int64_t>& sizes, std::size_t first) {
  std::int64_t result = 1;
  for (std::size_t i = first; i < sizes.size(); ++i) result *= sizes[i];
  return result;
}

// The struct that depthwise_functions.cuh reads sizes from.
std::string geometry_of(const ConvProblem& problem) {
  std::string text = "struct Geometry {\n";
  const auto add = [&](const std::string& name, std::int64_t value) {
    text += "  static constexpr int " + name + " = " + std::to_string(value) + ";\n";
  };
  const auto add_three = [&](const std::string& name, const std::vector<std::int64_t>& values, std::size_t first,
                             std::int64_t filler) {
    const std::size_t rank = values.size() - first;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const bool is_given = axis + rank >= 3;
      add(name + std::to_string(axis), is_given ? values[first + axis + rank - 3] : filler);
    }
  };
  add("batch", problem.x[0]);
  add("channels", problem.x[1]);
  add("filters", problem.y[1]);
  add("multiplier", problem.y[1] / problem.x[1]);
  add_three("in", problem.x, 2, 1);
  add_three("out", problem.y, 2, 1);
  add_three("window", problem.kernel, 2, 1);
  add_three("stride", problem.strides, 0, 1);
  add_three("dilation", problem.dilation, 0, 1);
  add_three("before", problem.before, 0, 0);
  return text + "};\n";
}

// 32 bits where a thread that counts on beyond the last element does not run over.
std::string index_of(const ConvProblem& problem) {
  const std::int64_t count = std::max(product(problem.x, 0), product(problem.y, 0));
  return count < std::int64_t{1} << 30 ? "int" : "long long";
}

Launch launch_of(const ConvProblem& problem, const std::string& name, const std::string& call, std::int64_t blocks,
                 std::vector<Launch::Operand> operands) {
  return {name,
          device_text({"device_types", "depthwise_functions"}) + geometry_of(problem) + "CORNU_KERNEL(" + name +
              ", 3) { device::" + call + "(operands.at[0], operands.at[1], operands.at[2]); }\n",
          static_cast<unsigned int>(blocks), kThreads, std::move(operands)};
}

// How blocks of `kThreads` share the rows of a matrix that they add up: a block has `width` columns of one part of the
// rows, and its lines of threads take one row after another.
struct SummedRows {
  SummedRows(std::int64_t rows, std::int64_t columns) : width(1) {
    const auto ceil_div = [](std::int64_t a, std::int64_t b) { return (a + b - 1) / b; };
    while (width < columns && width < 32) width *= 2;
    strips = ceil_div(columns, width);
    // Some rows for each thread, but no more blocks than the largest cards run a few times over.
    constexpr std::int64_t kRowsPerThread = 16;
    constexpr std::int64_t kMaxBlocks = 1024;
    parts = std::clamp<std::int64_t>(ceil_div(rows, kThreads / width * kRowsPerThread), 1,
                                     std::max<std::int64_t>(kMaxBlocks / strips, 1));
    rows_per_part = std::max<std::int64_t>(ceil_div(rows, parts), 1);
  }

  std::int64_t width;
  std::int64_t strips;  // of columns
  std::int64_t parts;
  std::int64_t rows_per_part;
};

// Sums over the parts, in the dtype of the result; they lie behind the parts where that is another.
void add_sums_of_parts(ScratchLaunches& all, const TensorSpec& parts, DType dtype, Launch::Operand from,
                       Launch::Operand to) {
  const auto take_scratch = [&](std::size_t bytes) { all.scratch_bytes += (bytes + 255) / 256 * 256; };
  const auto append = [&](ScratchLaunches more) {
    for (Launch& launch : more.launches) all.launches.push_back(std::move(launch));
    take_scratch(more.scratch_bytes);
  };
  if (parts.dtype == dtype) return append(column_sums(parts, from, to, all.scratch_bytes));
  const TensorSpec wide{{parts.shape.back()}, parts.dtype};
  const TensorSpec narrow{wide.shape, dtype};
  const Launch::Operand sums = Launch::scratch(all.scratch_bytes);
  take_scratch(static_cast<std::size_t>(wide.shape.num_elements()) * size_of(wide.dtype));
  append(column_sums(parts, from, sums, all.scratch_bytes));
  const Attributes attributes{{"dtype", dtype}};
  append(operation_launches({"cast", attributes, {&wide, 1}, {&narrow, 1}}, {sums}, {to}, all.scratch_bytes));
}

ScratchLaunches kernel_gradient(const ConvProblem& problem, Launch::Operand x, Launch::Operand y,
                                Launch::Operand result, std::size_t scratch_offset) {
  const std::int64_t filters = problem.y[1];
  const std::int64_t places = product(problem.y, 0) / filters;
  const std::int64_t taps = product(problem.kernel, 2);
  const SummedRows split(places, filters);
  const DType wide = problem.dtype == DType::kFloat64 ? DType::kFloat64 : DType::kFloat32;
  const bool is_one = split.parts == 1;
  const Launch::Operand sums = is_one ? result : Launch::scratch(scratch_offset);
  const std::string call = "depthwise_kernel_gradient<" + std::string(device_type(problem.dtype)) + ", " +
                           device_type(is_one ? problem.dtype : wide) + ", " + index_of(problem) + ", Geometry, " +
                           std::to_string(split.rows_per_part) + ", " + std::to_string(split.width) + ">";
  ScratchLaunches all{{launch_of(problem, "depthwise_kernel_gradient", call, split.strips * split.parts, {x, y, sums})},
                      0};
  if (is_one) return all;
  const TensorSpec partial{{split.parts, taps * filters}, wide};
  const auto bytes = static_cast<std::size_t>(partial.shape.num_elements()) * size_of(wide);
  all.scratch_bytes = scratch_offset + (bytes + 255) / 256 * 256;
  add_sums_of_parts(all, partial, problem.dtype, sums, result);
  all.scratch_bytes -= scratch_offset;
  return all;
}

}  // namespace

bool is_depthwise(const ConvProblem& problem) {
  return problem.kernel[1] == 1 && problem.x[1] > 1 && product(problem.kernel, 2) <= kMaxTaps &&
         std::max(product(problem.x, 1), product(problem.y, 1)) < std::numeric_limits<int>::max();
}

ScratchLaunches depthwise_launches(const ConvProblem& problem, Launch::Operand first, Launch::Operand second,
                                   Launch::Operand result, std::size_t scratch_offset) {
  if (problem.kind == ConvProblem::Kind::kKernelGradient) {
    return kernel_gradient(problem, first, second, result, scratch_offset);
  }
  const bool is_forward = problem.kind == ConvProblem::Kind::kForward;
  const std::string name = is_forward ? "depthwise_conv" : "depthwise_input_gradient";
  const std::string call = name + "<" + device_type(problem.dtype) + ", " + index_of(problem) + ", Geometry>";
  const std::int64_t count = product(is_forward ? problem.y : problem.x, 0);
  return {{launch_of(problem, name, call, blocks_for(count), {first, second, result})}, 0};
}

}  // namespace cornu::cuda
