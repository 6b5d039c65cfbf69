#include "framework/backends/cuda/conv_problem.h"

#include <algorithm>

#include "framework/numerics.h"
#include "framework/window_geometry.h"

namespace cornu::cuda {
namespace {

ConvProblem::Kind kind_of(const std::string& operation) {
  if (operation == "conv_input_gradient") return ConvProblem::Kind::kInputGradient;
  return operation.starts_with("conv_kernel") ? ConvProblem::Kind::kKernelGradient : ConvProblem::Kind::kForward;
}

std::vector<std::int64_t> at_least_two(std::vector<std::int64_t> spatial, std::int64_t filler) {
  if (spatial.size() == 1) spatial.insert(spatial.begin(), filler);
  return spatial;
}

std::vector<std::int64_t> sizes(std::int64_t first, std::int64_t second, const std::vector<std::int64_t>& spatial) {
  std::vector<std::int64_t> result{first, second};
  for (const std::int64_t size : at_least_two(spatial, 1)) result.push_back(size);
  return result;
}

// (batch, spatial..., channels) of x and y; (window..., channels / groups, filters) of a kernel.
std::string in_keras_order(const std::vector<std::int64_t>& sizes, bool is_kernel) {
  std::vector<std::int64_t> dims(sizes.begin() + 2, sizes.end());
  if (!is_kernel) dims.insert(dims.begin(), sizes[0]);
  dims.push_back(sizes[1]);
  if (is_kernel) dims.push_back(sizes[0]);
  return Shape(dims).to_string();
}

}  // namespace

Shape keras_kernel(const KernelRequest& request) {
  const bool is_result = kind_of(request.operation) == ConvProblem::Kind::kKernelGradient;
  const Shape& kernel = is_result ? request.outputs[0].shape : request.inputs[1].shape;
  if (!has_filters_first(request)) return kernel;
  return kernel.slice(1).concatenated({kernel.front()});
}

bool has_filters_first(const KernelRequest& request) {
  return request.attributes.contains("filters_first") && request.attributes.flag("filters_first");
}

ConvProblem conv_problem(const KernelRequest& request) {
  const ConvProblem::Kind kind = kind_of(request.operation);
  const bool of_input = kind == ConvProblem::Kind::kInputGradient;
  const bool of_kernel = kind == ConvProblem::Kind::kKernelGradient;
  const Shape& x = of_input ? request.outputs[0].shape : request.inputs[0].shape;
  const Shape kernel = keras_kernel(request);
  const Shape& y = of_input ? request.inputs[0].shape : of_kernel ? request.inputs[1].shape : request.outputs[0].shape;
  const WindowGeometry geometry =
      window_geometry(spatial_sizes(x), kernel.slice(0, -2).dims(), request.attributes, request.operation);
  const NumericSettings settings = numeric_settings();
  const DType dtype = request.inputs[0].dtype;
  return {.kind = kind,
          .dtype = dtype,
          .x = sizes(x[0], x.back(), geometry.input),
          .kernel = sizes(kernel.back(), kernel[-2], geometry.window),
          .y = sizes(y[0], y.back(), geometry.output),
          .strides = at_least_two(geometry.strides, 1),
          .dilation = at_least_two(geometry.dilation, 1),
          .before = at_least_two(geometry.before, 0),
          .after = at_least_two(geometry.after, 0),
          .tf32 = settings.tf32 && dtype == DType::kFloat32,
          .exact = settings.exact,
          .deterministic = settings.deterministic};
}

bool ConvProblem::wants_symmetric_padding() const {
  const bool on_tensor_cores = dtype == DType::kFloat16 || dtype == DType::kBFloat16 || tf32;
  return before != after && kind != Kind::kKernelGradient && !on_tensor_cores;
}

ConvProblem ConvProblem::with_symmetric_padding() const {
  ConvProblem result = *this;
  for (std::size_t axis = 0; axis < before.size(); ++axis) {
    const std::int64_t common = std::min(before[axis], after[axis]);
    result.x[axis + 2] += before[axis] + after[axis] - 2 * common;
    result.before[axis] = result.after[axis] = common;
  }
  return result;
}

std::string ConvProblem::to_string() const {
  constexpr const char* kNames[] = {"conv", "conv_input_gradient", "conv_kernel_gradient"};
  return std::string(kNames[static_cast<int>(kind)]) + " of x " + in_keras_order(x, false) + ", kernel " +
         in_keras_order(kernel, true) + " and y " + in_keras_order(y, false) + ", strides " +
         Shape(strides).to_string() + ", dilation " + Shape(dilation).to_string() + ", padding " +
         Shape(before).to_string() + " before and " + Shape(after).to_string() + " after, " + name_of(dtype);
}

bool ConvProblem::accepts(cudnnBackendNumericalNote_t note) const {
  switch (note) {
    // Of float32 tensor cores take TF32; float64 and the 16-bit types they multiply as they are.
    case CUDNN_NUMERICAL_NOTE_TENSOR_CORE: return dtype != DType::kFloat32 || tf32;
    case CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS: return false;
    // Sums in less than float32.
    case CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION: return false;
    case CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC: return !deterministic;
    case CUDNN_NUMERICAL_NOTE_FFT:
    case CUDNN_NUMERICAL_NOTE_WINOGRAD:
    case CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_4x4: return !exact;
    // They lose more digits than set_float32_precision() says.
    case CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_6x6:
    case CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_13x13: return false;
    default: return true;
  }
}

}  // namespace cornu::cuda
