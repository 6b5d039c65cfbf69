// argmax and argmin along any axis.

#include "framework/backends/cuda/device_text.h"
#include "framework/backends/cuda/launch.h"
#include "framework/backends/cuda/lines.h"

namespace cornu::cuda {
namespace {

constexpr std::size_t kPartBytes = 16;  // of the widest: a number of 8 bytes and a place

KernelFactory search_factory(const std::string& name, bool greatest) {
  return [=](const KernelRequest& request) -> std::unique_ptr<Kernel> {
    const TensorSpec& x = request.inputs[0];
    const Lines lines = Lines::divided(x.shape, {request.attributes.integer("axis")}, size_of(x.dtype));
    const Fold fold{
        .name = name + "_of_lines",
        .text = device_text({"device_types", "lines", "argmax"}),
        .terms = std::string("device::Search<Plan, ") + device_type(x.dtype) + (greatest ? ", true>" : ", false>"),
        .finish = "device::StorePlace",
        .terms_operands = {Launch::input(0)},
        .finish_operands = {Launch::output(0)},
        .part_bytes = kPartBytes};
    return std::make_unique<LaunchKernel>(fold_launches(lines, fold), fold_scratch_bytes(lines, fold));
  };
}

const bool kRegistered[] = {
    register_kernel("argmax", Backend::kCuda, search_factory("argmax", true)),
    register_kernel("argmin", Backend::kCuda, search_factory("argmin", false)),
};

}  // namespace
}  // namespace cornu::cuda
