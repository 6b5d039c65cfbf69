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

ScratchLaunches kernel_gradient(const ConvProblem& problem, Launch::Operand x, Launch::Operand y,
                                Launch::Operand result, std::size_t scratch_offset) {
  const std::int64_t filters = problem.y[1];
  const std::int64_t places = product(problem.y, 0) / filters;
  const std::int64_t taps = product(problem.kernel, 2);
  const SummedRows split(places, filters);
  const DType wide = summed_in(problem.dtype);
  const bool is_one = split.parts == 1;
  const Launch::Operand sums = is_one ? result : Launch::scratch(scratch_offset);
  const std::string call = "depthwise_kernel_gradient<" + std::string(device_type(problem.dtype)) + ", " +
                           device_type(is_one ? problem.dtype : wide) + ", " + index_of(problem) + ", Geometry, " +
                           std::to_string(split.rows_per_part) + ", " + std::to_string(split.width) + ">";
  ScratchLaunches all{{launch_of(problem, "depthwise_kernel_gradient", call, split.strips * split.parts, {x, y, sums})},
                      0};
  if (is_one) return all;
  const TensorSpec partial{{split.parts, taps * filters}, wide};
  all.scratch_bytes = static_cast<std::size_t>(partial.shape.num_elements()) * size_of(wide);
  all.launches.push_back(column_sums_at_once(partial, problem.dtype, sums, result));
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
