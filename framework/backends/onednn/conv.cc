#include <algorithm>
#include <dnnl.hpp>
#include <optional>

#include "framework/backends/onednn/column_sums.h"
#include "framework/backends/onednn/engine.h"
#include "framework/backends/onednn/few_channels.h"
#include "framework/backends/onednn/one_thread.h"
#include "framework/backends/onednn/post_ops.h"
#include "framework/backends/onednn/primitive_kernel.h"
#include "framework/backends/onednn/winograd.h"
#include "framework/backends/onednn/winograd_cost.h"
#include "framework/kernel.h"
#include "framework/numerics.h"
#include "framework/window_geometry.h"

namespace cornu::onednn {
namespace {

using Dims = dnnl::memory::dims;

// A convolution as oneDNN is asked for it. All data stay channels-last and the kernel is (window..., channels, filters)
// outside; oneDNN names the axes of both channels first, so the descriptors say the same by strides.
struct Problem {
  dnnl::memory::desc x;
  dnnl::memory::desc y;
  dnnl::memory::desc weights;      // as it is outside
  dnnl::memory::desc any_weights;  // in the layout oneDNN likes best
  dnnl::memory::desc bias;
  Dims strides;
  Dims dilation;
  Dims before;
  Dims after;
};

// Row-major (batch, spatial..., channels), named (batch, channels, spatial...).
dnnl::memory::desc channels_last(const TensorSpec& image, const Dims& spatial) {
  const std::int64_t batch = image.shape[0];
  const std::int64_t channels = image.shape.back();
  Dims dims{batch, channels};
  dims.insert(dims.end(), spatial.begin(), spatial.end());
  Dims strides(dims.size());
  std::int64_t step = channels;
  for (std::size_t i = dims.size(); i-- > 2;) {
    strides[i] = step;
    step *= dims[i];
  }
  strides[0] = step;
  strides[1] = 1;
  return strided(dims, strides, image.dtype);
}

// Row-major (window..., channels, groups * filters), named (groups, filters, channels, window...), without groups where
// there is one.
dnnl::memory::desc kernel_desc(const TensorSpec& kernel, const Dims& window, std::int64_t groups) {
  const std::int64_t channels = kernel.shape[-2];
  const std::int64_t filters = kernel.shape[-1] / groups;
  Dims dims{groups, filters, channels};
  Dims strides{filters, 1, groups * filters};
  dims.insert(dims.end(), window.begin(), window.end());
  strides.resize(dims.size());
  std::int64_t step = channels * groups * filters;
  for (std::size_t i = dims.size(); i-- > 3;) {
    strides[i] = step;
    step *= dims[i];
  }
  if (groups == 1) {
    dims.erase(dims.begin());
    strides.erase(strides.begin());
  }
  return strided(dims, strides, kernel.dtype);
}

// One spatial axis becomes two, of which the first has size 1: oneDNN's fast paths are those for images.
Dims as_image(Dims sizes, std::int64_t fill) {
  if (sizes.size() == 1) sizes.insert(sizes.begin(), fill);
  return sizes;
}

WindowGeometry geometry_of(const KernelRequest& request, const Shape& x, const Shape& kernel) {
  return window_geometry(spatial_sizes(x), kernel.slice(0, -2).dims(), request.attributes, request.operation);
}

// Null where oneDNN cannot be asked: padding that cuts away.
std::unique_ptr<Problem> problem_of(const KernelRequest& request, const TensorSpec& x, const TensorSpec& kernel,
                                    const TensorSpec& y) {
  const WindowGeometry geometry = geometry_of(request, x.shape, kernel.shape);
  Dims dilation = geometry.dilation;
  for (std::int64_t& d : dilation) d -= 1;  // oneDNN counts the gaps
  for (std::size_t i = 0; i < geometry.rank(); ++i) {
    if (geometry.before[i] < 0 || geometry.after[i] < 0) return nullptr;
  }
  const std::int64_t groups = request.attributes.integer("groups");
  const Dims window = as_image(geometry.window, 1);
  Problem problem;
  problem.x = channels_last(x, as_image(geometry.input, 1));
  problem.y = channels_last(y, as_image(geometry.output, 1));
  problem.weights = kernel_desc(kernel, window, groups);
  problem.any_weights = any_layout(problem.weights.get_dims(), kernel.dtype);
  problem.bias = strided({y.shape.back()}, {1});
  problem.strides = as_image(geometry.strides, 1);
  problem.dilation = as_image(dilation, 0);
  problem.before = as_image(geometry.before, 0);
  problem.after = as_image(geometry.after, 0);
  return std::make_unique<Problem>(std::move(problem));
}

// The problem for Winograd's way, where that is the better one.
std::optional<WinogradProblem> winograd_instead(const KernelRequest& request, const TensorSpec& x,
                                                const TensorSpec& kernel, const TensorSpec& y, ConvolutionPass pass) {
  const auto problem =
      winograd_problem(geometry_of(request, x.shape, kernel.shape), request.attributes, x.shape, y.shape);
  return problem && winograd_pays(*problem, pass, has_constant_weights(request)) ? problem : std::nullopt;
}

dnnl::convolution_forward::primitive_desc forward_desc(const Problem& p, const dnnl::memory::desc& bias,
                                                       const dnnl::primitive_attr& attributes) {
  return {cpu_engine(),
          dnnl::prop_kind::forward_training,
          dnnl::algorithm::convolution_direct,
          p.x,
          p.any_weights,
          bias,
          p.y,
          p.strides,
          p.dilation,
          p.before,
          p.after,
          attributes};
}

// For a gradient, the problem of the forward pass: a gradient in float32 of bfloat16 operands belongs to one that is
// all in bfloat16.
std::unique_ptr<Problem> hint_of(const KernelRequest& request, TensorSpec x, TensorSpec kernel, TensorSpec y) {
  x.dtype = kernel.dtype = y.dtype = request.inputs[0].dtype;
  return problem_of(request, x, kernel, y);
}

// So few products take some microseconds. A second thread would save half of that, and leave half of the result in
// another core's cache.
bool is_small(const TensorSpec& kernel, const TensorSpec& y) {
  constexpr std::int64_t kFewProducts = 1 << 18;
  return kernel.shape.num_elements() * (y.shape.num_elements() / y.shape.back()) < kFewProducts;
}

std::unique_ptr<Kernel> make_forward(const KernelRequest& request) {
  const bool is_float32 = is_served(request);
  if (!is_float32 && !is_served_in_bfloat16(request)) return nullptr;
  const TensorSpec& x = request.inputs[0];
  const TensorSpec& w = request.inputs[1];
  const TensorSpec& y = request.outputs[0];
  const Epilogue epilogue = epilogue_of(request);
  if (const auto winograd = winograd_instead(request, x, w, y, ConvolutionPass::kForward)) {
    if (!is_float32) return nullptr;  // in float32 it is faster than oneDNN's direct way in bfloat16
    if (auto kernel = make_winograd_forward(*winograd, epilogue)) return kernel;
  }
  const auto problem = problem_of(request, x, w, y);
  if (!problem) return nullptr;
  const auto make = [&]() -> std::unique_ptr<Kernel> {
    dnnl::primitive_attr attributes = user_scratchpad();
    std::vector<Operand> operands;
    if (!append_epilogue(epilogue, problem->y, attributes, operands)) return nullptr;
    const auto bias = epilogue.has_bias ? problem->bias : dnnl::memory::desc();
    if (epilogue.has_bias) operands.push_back({DNNL_ARG_BIAS, bias, input(epilogue.bias_input())});
    const auto desc = forward_desc(*problem, bias, attributes);
    operands.push_back({DNNL_ARG_SRC, problem->x, input(0)});
    operands.push_back({DNNL_ARG_WEIGHTS, desc.weights_desc(), input(1)});
    operands.push_back({DNNL_ARG_DST, problem->y, output(0)});
    auto kernel = std::make_unique<PrimitiveKernel>();
    if (desc.weights_desc() != problem->weights) kernel->pack_input(1, problem->weights, desc.weights_desc());
    if (epilogue.writes_over_addend) kernel->write_over_input(epilogue.addend_input(), problem->y.get_size());
    kernel->add(desc, dnnl::convolution_forward(desc), std::move(operands));
    return kernel;
  };
  return rewording_errors(request, [&] { return made_for_one_thread_if(is_small(w, y), make); });
}

std::unique_ptr<Kernel> make_input_gradient(const KernelRequest& request) {
  const bool is_float32 = is_served(request);
  if (!is_float32 && !is_served_in_bfloat16(request)) return nullptr;
  const TensorSpec& x = request.outputs[0];
  const TensorSpec& w = request.inputs[1];
  const TensorSpec& y = request.inputs[0];
  if (const auto winograd = winograd_instead(request, x, w, y, ConvolutionPass::kInputGradient)) {
    return is_float32 ? make_winograd_input_gradient(*winograd) : nullptr;
  }
  const auto problem = problem_of(request, x, w, y);
  if (!problem) return nullptr;
  return rewording_errors(request, [&]() -> std::unique_ptr<Kernel> {
    const auto hint = forward_desc(*hint_of(request, x, w, y), {}, {});
    const dnnl::convolution_backward_data::primitive_desc desc(
        cpu_engine(), dnnl::algorithm::convolution_direct, problem->x, problem->any_weights, problem->y,
        problem->strides, problem->dilation, problem->before, problem->after, hint, user_scratchpad());
    auto kernel = std::make_unique<PrimitiveKernel>();
    if (desc.weights_desc() != problem->weights) kernel->pack_input(1, problem->weights, desc.weights_desc());
    kernel->add(desc, dnnl::convolution_backward_data(desc),
                {{DNNL_ARG_DIFF_DST, problem->y, input(0)},
                 {DNNL_ARG_WEIGHTS, desc.weights_desc(), input(1)},
                 {DNNL_ARG_DIFF_SRC, problem->x, output(0)}});
    return kernel;
  });
}

// The gradient of the kernel by oneDNN, that of the bias by ColumnSums.
class KernelBiasGradient final : public Kernel {
 public:
  KernelBiasGradient(std::unique_ptr<Kernel> kernel, const Shape& y)
      : kernel_(std::move(kernel)), bias_(y.num_elements() / y.back(), y.back()) {}

  std::size_t scratch_bytes() const override { return std::max(kernel_->scratch_bytes(), bias_.scratch_bytes()); }

  void run(const KernelArguments& arguments) const override {
    kernel_->run(arguments);
    bias_.run(static_cast<const float*>(arguments.inputs[1]), static_cast<float*>(arguments.outputs[1]),
              static_cast<float*>(arguments.scratch));
  }

 private:
  std::unique_ptr<Kernel> kernel_;
  ColumnSums bias_;
};

std::unique_ptr<Kernel> make_kernel_gradient(const KernelRequest& request) {
  const bool is_float32 = is_served(request);
  if (!is_float32 && !is_served_in_bfloat16(request)) return nullptr;
  const TensorSpec& x = request.inputs[0];
  const TensorSpec& w = request.outputs[0];
  const TensorSpec& y = request.inputs[1];
  const auto problem = problem_of(request, x, w, y);
  if (!problem) return nullptr;
  if (is_float32) {
    if (auto kernel = make_few_channels_gradient(request, geometry_of(request, x.shape, w.shape))) return kernel;
  } else if (request.outputs.size() > 1) {
    return nullptr;
  }
  const bool sums_apart = request.outputs.size() > 1 && ColumnSums::serves(y.shape.back());
  const bool with_bias = request.outputs.size() > 1 && !sums_apart;
  if (const auto winograd = winograd_instead(request, x, w, y, ConvolutionPass::kKernelGradient);
      winograd && !with_bias) {
    if (!is_float32) return nullptr;
    auto kernel = make_winograd_kernel_gradient(*winograd);
    if (!sums_apart) return kernel;
    return std::make_unique<KernelBiasGradient>(std::move(kernel), y.shape);
  }
  const auto make = [&]() -> std::unique_ptr<Kernel> {
    const auto bias = with_bias ? problem->bias : dnnl::memory::desc();
    const auto hint = forward_desc(*hint_of(request, x, w, y), bias, {});
    const dnnl::convolution_backward_weights::primitive_desc desc(
        cpu_engine(), dnnl::algorithm::convolution_direct, problem->x, problem->any_weights, bias, problem->y,
        problem->strides, problem->dilation, problem->before, problem->after, hint, user_scratchpad());
    auto kernel = std::make_unique<PrimitiveKernel>();
    const auto chosen = desc.diff_weights_desc();
    const bool reorder = chosen != problem->weights;
    const Place weights = reorder ? kernel->reserve(chosen) : output(0);
    std::vector<Operand> operands{{DNNL_ARG_SRC, problem->x, input(0)},
                                  {DNNL_ARG_DIFF_DST, problem->y, input(1)},
                                  {DNNL_ARG_DIFF_WEIGHTS, chosen, weights}};
    if (with_bias) operands.push_back({DNNL_ARG_DIFF_BIAS, bias, output(1)});
    kernel->add(desc, dnnl::convolution_backward_weights(desc), std::move(operands));
    if (reorder) kernel->add_reorder(chosen, weights, problem->weights, output(0));
    if (sums_apart) return std::make_unique<KernelBiasGradient>(std::move(kernel), y.shape);
    return kernel;
  };
  // Threads sum parts of the batch.
  return rewording_errors(request, [&] { return made_for_one_thread_if(is_deterministic(), make); });
}

[[maybe_unused]] const bool kConv = register_kernel("conv", Backend::kCpu, make_forward);
[[maybe_unused]] const bool kFusedConv = register_kernel("fused_conv", Backend::kCpu, make_forward);
[[maybe_unused]] const bool kInputGradient = register_kernel("conv_input_gradient", Backend::kCpu, make_input_gradient);
[[maybe_unused]] const bool kKernelGradient =
    register_kernel("conv_kernel_gradient", Backend::kCpu, make_kernel_gradient);
[[maybe_unused]] const bool kKernelBiasGradient =
    register_kernel("conv_kernel_bias_gradient", Backend::kCpu, make_kernel_gradient);

}  // namespace
}  // namespace cornu::onednn
