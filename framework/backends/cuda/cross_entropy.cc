// sparse_softmax_cross_entropy and its gradient, each one pass over the logits.

#include "framework/backends/cuda/device_text.h"
#include "framework/backends/cuda/launch.h"
#include "framework/backends/cuda/lines.h"

namespace cornu::cuda {
namespace {

bool serves(const KernelRequest& request) {
  return is_floating(request.inputs[0].dtype) && request.inputs[1].dtype == DType::kInt32;
}

std::string text() { return device_text({"device_types", "lines", "softmax", "cross_entropy"}); }

std::unique_ptr<Kernel> make_forward(const KernelRequest& request) {
  if (!serves(request)) return nullptr;
  const TensorSpec& logits = request.inputs[0];
  const Lines rows = Lines::whole(logits.shape, {logits.shape.rank() - 1}, size_of(logits.dtype));
  const std::string types = std::string("<Plan, ") + device_type(logits.dtype) + ">";
  const Fold fold{.name = "cross_entropy_of_rows",
                  .text = text(),
                  .terms = "device::SumOfExp" + types,
                  .finish = "device::StoreCrossEntropy" + types,
                  .terms_operands = {Launch::input(0)},
                  .finish_operands = {Launch::input(0), Launch::input(1), Launch::output(0), Launch::output(1)},
                  .part_bytes = 0};
  return std::make_unique<LaunchKernel>(fold_launches(rows, fold));
}

std::unique_ptr<Kernel> make_gradient(const KernelRequest& request) {
  if (!serves(request)) return nullptr;
  const TensorSpec& logits = request.inputs[0];
  if (logits.shape.num_elements() == 0) return std::make_unique<LaunchKernel>(std::vector<Launch>{});
  // Nothing is folded, so that blocks may share a row.
  const Lines rows = Lines::divided(logits.shape, {logits.shape.rank() - 1}, size_of(logits.dtype));
  Launch launch{"cross_entropy_gradient_of_rows",
                text() + rows.plan() +
                    "CORNU_KERNEL(cross_entropy_gradient_of_rows, 5) {\n  device::cross_entropy_gradient<Plan, " +
                    device_type(logits.dtype) + ">(operands.at);\n}\n",
                rows.num_blocks(),
                rows.num_threads(),
                {Launch::input(0), Launch::input(1), Launch::input(2), Launch::input(3), Launch::output(0)}};
  return std::make_unique<LaunchKernel>(std::vector<Launch>{std::move(launch)}, 0,
                                        std::vector<std::pair<std::size_t, std::size_t>>{{0, 0}});
}

const bool kRegistered[] = {
    register_kernel("sparse_softmax_cross_entropy", Backend::kCuda, make_forward),
    register_kernel("sparse_softmax_cross_entropy_gradient", Backend::kCuda, make_gradient),
};

}  // namespace
}  // namespace cornu::cuda
