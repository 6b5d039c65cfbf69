// sparse_softmax_cross_entropy and its gradient for float32, each one pass over the logits; a row is one unit of work.

#include <algorithm>
#include <cstdint>
#include <limits>

#include "framework/backends/onednn/parallel.h"
#include "framework/backends/onednn/vector/softmax_kernels.h"
#include "framework/function_kernel.h"
#include "framework/kernel.h"

namespace cornu::onednn {
namespace {

constexpr std::int64_t kElementsEach = 2048;
constexpr std::int64_t kWorkPerElement = 4;  // an exponential counts for some plain operations
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

bool serves(const KernelRequest& request) {
  return request.inputs[0].dtype == DType::kFloat32 && request.inputs[1].dtype == DType::kInt32;
}

template <typename F> void for_rows(std::int64_t rows, std::int64_t classes, const F& f) {
  const std::int64_t rows_each = std::max<std::int64_t>(kElementsEach / std::max<std::int64_t>(classes, 1), 1);
  parallel_for((rows + rows_each - 1) / rows_each, rows * classes * kWorkPerElement, [&](std::int64_t group) {
    const std::int64_t end = std::min((group + 1) * rows_each, rows);
    for (std::int64_t row = group * rows_each; row < end; ++row) f(row);
  });
}

std::unique_ptr<Kernel> make_forward(const KernelRequest& request) {
  if (!serves(request)) return nullptr;
  const std::int64_t rows = request.outputs[0].shape.num_elements();
  const std::int64_t classes = request.inputs[0].shape.back();
  const SoftmaxKernels& kernels = CORNU_CHOOSE_ISA_TABLE(softmax_kernels);
  return make_kernel([=, &kernels](const KernelArguments& arguments) {
    const auto* logits = static_cast<const float*>(arguments.inputs[0]);
    const auto* labels = static_cast<const std::int32_t*>(arguments.inputs[1]);
    auto* loss = static_cast<float*>(arguments.outputs[0]);
    auto* total = static_cast<float*>(arguments.outputs[1]);
    for_rows(rows, classes, [&](std::int64_t row) {
      const float* x = logits + row * classes;
      const std::int32_t label = labels[row];
      const PeakAndRest sum = kernels.log_sum_exp(x, classes);
      total[row] = sum.peak + sum.rest;
      // Not total - x: where the label's logit is the peak, the loss is the small rest, with all of its digits.
      loss[row] = label >= 0 && label < classes ? (sum.peak - x[label]) + sum.rest : kNan;
    });
  });
}

std::unique_ptr<Kernel> make_gradient(const KernelRequest& request) {
  if (!serves(request)) return nullptr;
  const std::int64_t rows = request.inputs[1].shape.num_elements();
  const std::int64_t classes = request.inputs[0].shape.back();
  const SoftmaxKernels& kernels = CORNU_CHOOSE_ISA_TABLE(softmax_kernels);
  return make_kernel([=, &kernels](const KernelArguments& arguments) {
    const auto* logits = static_cast<const float*>(arguments.inputs[0]);
    const auto* labels = static_cast<const std::int32_t*>(arguments.inputs[1]);
    const auto* total = static_cast<const float*>(arguments.inputs[2]);
    const auto* dloss = static_cast<const float*>(arguments.inputs[3]);
    auto* dlogits = static_cast<float*>(arguments.outputs[0]);
    for_rows(rows, classes, [&](std::int64_t row) {
      const std::int32_t label = labels[row];
      const bool is_class = label >= 0 && label < classes;
      float* dx = dlogits + row * classes;
      kernels.scaled_exp(logits + row * classes, total[row], is_class ? dloss[row] : kNan, dx, classes);
      if (is_class) dx[label] -= dloss[row];
    });
  });
}

const bool kRegistered[] = {
    register_kernel("sparse_softmax_cross_entropy", Backend::kCpu, make_forward),
    register_kernel("sparse_softmax_cross_entropy_gradient", Backend::kCpu, make_gradient),
};

}  // namespace
}  // namespace cornu::onednn
