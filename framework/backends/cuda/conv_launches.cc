#include "framework/backends/cuda/conv_launches.h"

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <string>

#include "framework/elementwise_program.h"

namespace cornu::cuda {
namespace {

ScratchLaunches transpose(DType dtype, std::int64_t rows, std::int64_t columns, Launch::Operand from,
                          Launch::Operand to) {
  const TensorSpec matrix{{rows, columns}, dtype};
  const TensorSpec transposed{{columns, rows}, dtype};
  const Attributes attributes{{"permutation", std::vector<std::int64_t>{1, 0}}};
  return operation_launches({"transpose", attributes, {&matrix, 1}, {&transposed, 1}}, {from}, {to}, 0);
}

// `x` moved to `before` in zeros.
ScratchLaunches pad(const TensorSpec& x, const TensorSpec& y, std::vector<std::int64_t> before, Launch::Operand from,
                    Launch::Operand to) {
  const Attributes attributes{{"before", std::move(before)}, {"value", 0.0}};
  return operation_launches({"pad", attributes, {&x, 1}, {&y, 1}}, {from}, {to}, 0);
}

Shape channels_last(const std::vector<std::int64_t>& sizes) {
  std::vector<std::int64_t> dims(sizes.begin() + 2, sizes.end());
  dims.insert(dims.begin(), sizes[0]);
  dims.push_back(sizes[1]);
  return Shape(dims);
}

}  // namespace

ConvKernelLayout::ConvKernelLayout(const TensorSpec& kernel)
    : dtype_(kernel.dtype), rows_(kernel.shape.slice(0, -1).num_elements()), filters_(kernel.shape.back()) {}

std::size_t ConvKernelLayout::num_bytes() const { return static_cast<std::size_t>(rows_ * filters_) * size_of(dtype_); }

ScratchLaunches ConvKernelLayout::to_cudnn(Launch::Operand from, Launch::Operand to) const {
  return transpose(dtype_, rows_, filters_, from, to);
}

ScratchLaunches ConvKernelLayout::from_cudnn(Launch::Operand from, Launch::Operand to) const {
  return transpose(dtype_, filters_, rows_, from, to);
}

ScratchLaunches column_sums(const TensorSpec& matrix, Launch::Operand from, Launch::Operand to,
                            std::size_t scratch_offset) {
  std::vector<std::int64_t> axes(static_cast<std::size_t>(matrix.shape.rank()) - 1);
  std::iota(axes.begin(), axes.end(), std::int64_t{0});
  const TensorSpec sums{{matrix.shape.back()}, matrix.dtype};
  const Attributes attributes{{"axes", std::move(axes)}, {"keepdims", false}};
  return operation_launches({"sum", attributes, {&matrix, 1}, {&sums, 1}}, {from}, {to}, scratch_offset);
}

ScratchLaunches move_images(DType dtype, const std::vector<std::int64_t>& from_sizes,
                            const std::vector<std::int64_t>& to_sizes, const std::vector<std::int64_t>& before,
                            Launch::Operand from, Launch::Operand to) {
  std::vector<std::int64_t> all_before{0};
  all_before.insert(all_before.end(), before.begin(), before.end());
  all_before.push_back(0);
  return pad({channels_last(from_sizes), dtype}, {channels_last(to_sizes), dtype}, std::move(all_before), from, to);
}

// Nothing, with zeros around it.
ScratchLaunches zeros(const TensorSpec& spec, Launch::Operand to) {
  const TensorSpec all{{spec.shape.num_elements()}, spec.dtype};
  return pad({{0}, spec.dtype}, all, {0}, to, to);
}

bool has_conv_epilogue(const KernelRequest& request) {
  constexpr std::array<const char*, 4> kActivations{"", "relu", "sigmoid", "tanh"};
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
  int value = 0;
  const auto apply = [&](const std::string& operation, std::vector<int> inputs) {
    program.steps.push_back({operation, std::move(inputs), y.dtype});
    value = static_cast<int>(specs.size() + program.steps.size()) - 1;
  };
  for (std::size_t i = 2; i < request.inputs.size(); ++i) apply("add", {value, static_cast<int>(i) - 1});
  if (!activation.empty()) apply(activation, {value});
  if (program.steps.empty()) return {};
  program.outputs = {value};
  const Attributes attributes{{"program", std::make_shared<const ElementwiseProgram>(std::move(program))}};
  return operation_launches({"fused_elementwise", attributes, specs, {&y, 1}}, operands, {Launch::output(0)},
                            scratch_offset);
}

}  // namespace cornu::cuda
