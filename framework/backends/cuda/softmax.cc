// softmax, log_softmax and their gradients along any axis: a block folds a line and then writes it, while it lies in
// cache.

#include "framework/backends/cuda/device_text.h"
#include "framework/backends/cuda/launch.h"
#include "framework/backends/cuda/lines.h"

namespace cornu::cuda {
namespace {

KernelFactory factory_of(const std::string& name, const std::string& terms) {
  return [=](const KernelRequest& request) -> std::unique_ptr<Kernel> {
    const TensorSpec& x = request.inputs[0];
    if (!is_floating(x.dtype)) return nullptr;
    std::vector<Launch::Operand> operands;
    std::vector<std::pair<std::size_t, std::size_t>> shares;
    for (std::size_t i = 0; i < request.inputs.size(); ++i) {
      operands.push_back(Launch::input(i));
      shares.emplace_back(i, 0);
    }
    operands.push_back(Launch::output(0));
    if (x.shape.num_elements() == 0) return std::make_unique<LaunchKernel>(std::vector<Launch>{});
    const Lines lines = Lines::whole(x.shape, {request.attributes.integer("axis")}, size_of(x.dtype));
    const std::string element = device_type(x.dtype);
    Launch launch{name + "_of_lines",
                  device_text({"device_types", "lines", "softmax"}) + lines.plan() + "CORNU_KERNEL(" + name +
                      "_of_lines, " + std::to_string(operands.size()) + ") {\n  device::rewrite_lines<Plan, " +
                      element + ", device::" + terms + "<Plan, " + element + ">>(operands.at, operands.at[" +
                      std::to_string(request.inputs.size()) + "]);\n}\n",
                  lines.num_blocks(), lines.num_threads(), std::move(operands)};
    return std::make_unique<LaunchKernel>(std::vector<Launch>{std::move(launch)}, 0, std::move(shares));
  };
}

const bool kRegistered[] = {
    register_kernel("softmax", Backend::kCuda, factory_of("softmax", "Softmax")),
    register_kernel("log_softmax", Backend::kCuda, factory_of("log_softmax", "LogSoftmax")),
    register_kernel("softmax_gradient", Backend::kCuda, factory_of("softmax_gradient", "SoftmaxGradient")),
    register_kernel("log_softmax_gradient", Backend::kCuda, factory_of("log_softmax_gradient", "LogSoftmaxGradient")),
};

}  // namespace
}  // namespace cornu::cuda
