// sum, prod, max, min, any and all over any axes.

#include "framework/backends/cuda/device_text.h"
#include "framework/backends/cuda/launch.h"
#include "framework/backends/cuda/lines.h"

namespace cornu::cuda {
namespace {

constexpr std::size_t kPartBytes = 8;  // of the widest

KernelFactory reduce_factory(const std::string& name, const std::string& merge) {
  return [=](const KernelRequest& request) -> std::unique_ptr<Kernel> {
    const TensorSpec& x = request.inputs[0];
    const bool is_logical = name == "any" || name == "all";
    if (is_logical && x.dtype != DType::kBool) return nullptr;
    const Lines lines = Lines::divided(x.shape, request.attributes.integers("axes"), size_of(x.dtype));
    const std::string element = device_type(x.dtype);
    const Fold fold{.name = name + "_of_lines",
                    .text = device_text({"device_types", "lines", "reduce"}),
                    .terms = "device::Elements<Plan, " + element + ", device::" + merge + "<" + element + ">>",
                    .finish = "device::StoreResult<" + element + ">",
                    .terms_operands = {Launch::input(0)},
                    .finish_operands = {Launch::output(0)},
                    .part_bytes = kPartBytes};
    return std::make_unique<LaunchKernel>(fold_launches(lines, fold), fold_scratch_bytes(lines, fold));
  };
}

const bool kRegistered[] = {
    register_kernel("sum", Backend::kCuda, reduce_factory("sum", "Sum")),
    register_kernel("prod", Backend::kCuda, reduce_factory("prod", "Product")),
    register_kernel("max", Backend::kCuda, reduce_factory("max", "Maximum")),
    register_kernel("min", Backend::kCuda, reduce_factory("min", "Minimum")),
    register_kernel("any", Backend::kCuda, reduce_factory("any", "Maximum")),
    register_kernel("all", Backend::kCuda, reduce_factory("all", "Minimum")),
};

}  // namespace
}  // namespace cornu::cuda
