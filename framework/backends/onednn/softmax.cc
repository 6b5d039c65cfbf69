// softmax, log_softmax and their gradients for float32: a line along the axis is one task, so the result does not
// depend on the number of threads. Along the last axis lines are contiguous rows; along others, neighbouring lines
// share vectors.

#include <algorithm>
#include <cstdint>

#include "framework/backends/onednn/parallel.h"
#include "framework/backends/onednn/vector/softmax_kernels.h"
#include "framework/function_kernel.h"
#include "framework/kernel.h"

namespace cornu::onednn {
namespace {

constexpr std::int64_t kElementsEach = 2048;  // of rows handled by one task; short rows cost less than handing them out
constexpr std::int64_t kColumnsEach = 64;
constexpr std::int64_t kWorkPerElement = 4;  // an exponential counts for some plain operations

std::unique_ptr<Kernel> make_loops(const KernelRequest& request, const SoftmaxLoops& loops) {
  if (request.inputs[0].dtype != DType::kFloat32) return nullptr;
  const Shape& shape = request.inputs[0].shape;
  const std::int64_t axis = request.attributes.integer("axis");
  const std::int64_t outer = shape.slice(0, axis).num_elements();
  const std::int64_t count = shape[axis];
  const std::int64_t inner = shape.slice(axis + 1).num_elements();
  const std::int64_t work = outer * count * inner * kWorkPerElement;
  const std::size_t last_input = request.inputs.size() - 1;
  if (work == 0) return make_kernel([](const KernelArguments&) {});
  if (inner == 1) {
    const std::int64_t rows_each = std::max<std::int64_t>(kElementsEach / count, 1);
    return make_kernel([=](const KernelArguments& arguments) {
      const auto* x = static_cast<const float*>(arguments.inputs[0]);
      const auto* dy = static_cast<const float*>(arguments.inputs[last_input]);
      auto* y = static_cast<float*>(arguments.outputs[0]);
      parallel_for((outer + rows_each - 1) / rows_each, work, [&](std::int64_t group) {
        const std::int64_t end = std::min((group + 1) * rows_each, outer);
        for (std::int64_t row = group * rows_each; row < end; ++row) {
          loops.row(x + row * count, dy + row * count, y + row * count, count);
        }
      });
    });
  }
  const std::int64_t strips = (inner + kColumnsEach - 1) / kColumnsEach;
  return make_kernel([=](const KernelArguments& arguments) {
    const auto* x = static_cast<const float*>(arguments.inputs[0]);
    const auto* dy = static_cast<const float*>(arguments.inputs[last_input]);
    auto* y = static_cast<float*>(arguments.outputs[0]);
    parallel_for(outer * strips, work, [&](std::int64_t task) {
      const std::int64_t column = task % strips * kColumnsEach;
      const std::int64_t start = task / strips * count * inner + column;
      loops.columns(x + start, dy + start, y + start, count, std::min(kColumnsEach, inner - column), inner);
    });
  });
}

KernelFactory factory_of(SoftmaxLoops SoftmaxKernels::*loops) {
  return [loops](const KernelRequest& request) {
    return make_loops(request, CORNU_CHOOSE_ISA_TABLE(softmax_kernels).*loops);
  };
}

const bool kRegistered[] = {
    register_kernel("softmax", Backend::kCpu, factory_of(&SoftmaxKernels::softmax)),
    register_kernel("log_softmax", Backend::kCpu, factory_of(&SoftmaxKernels::log_softmax)),
    register_kernel("softmax_gradient", Backend::kCpu, factory_of(&SoftmaxKernels::softmax_gradient)),
    register_kernel("log_softmax_gradient", Backend::kCpu, factory_of(&SoftmaxKernels::log_softmax_gradient)),
};

}  // namespace
}  // namespace cornu::onednn
