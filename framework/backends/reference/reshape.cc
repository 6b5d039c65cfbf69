// Kernels that move elements without looking at them: they know only how many bytes an element has.

#include <cstdint>
#include <cstring>

#include "framework/backends/reference/strided.h"
#include "framework/function_kernel.h"
#include "framework/kernel.h"

namespace cornu::reference {
namespace {

// For all views: a program aliases views instead of running them, eager execution copies.
std::unique_ptr<Kernel> make_reshape(const KernelRequest& request) {
  const auto bytes =
      static_cast<std::size_t>(request.outputs[0].shape.num_elements()) * size_of(request.outputs[0].dtype);
  return make_kernel([=](const KernelArguments& arguments) {
    if (bytes > 0) std::memmove(arguments.outputs[0], arguments.inputs[0], bytes);
  });
}

// Output element i is the input's element at `source.offset_of(i)`.
std::unique_ptr<Kernel> make_gather(const KernelRequest& request, const StridedView& source) {
  const std::int64_t count = request.outputs[0].shape.num_elements();
  const auto size = static_cast<std::int64_t>(size_of(request.outputs[0].dtype));
  return make_kernel([=](const KernelArguments& arguments) {
    const auto* x = static_cast<const std::byte*>(arguments.inputs[0]);
    auto* y = static_cast<std::byte*>(arguments.outputs[0]);
    for (std::int64_t i = 0; i < count; ++i) {
      std::memcpy(y + i * size, x + source.offset_of(i) * size, static_cast<std::size_t>(size));
    }
  });
}

// Also for broadcast_like.
std::unique_ptr<Kernel> make_broadcast(const KernelRequest& request) {
  return make_gather(request, broadcast_view(request.inputs[0].shape, request.outputs[0].shape));
}

std::unique_ptr<Kernel> make_transpose(const KernelRequest& request) {
  const std::vector<std::int64_t> strides = row_major_strides(request.inputs[0].shape);
  StridedView source{request.outputs[0].shape, {}};
  for (std::int64_t axis : request.attributes.integers("permutation")) {
    source.strides.push_back(strides[static_cast<std::size_t>(axis)]);
  }
  return make_gather(request, source);
}

const bool kRegistered[] = {
    register_kernel("reshape", Backend::kReference, make_reshape),
    register_kernel("reshape_copying", Backend::kReference, make_reshape),
    register_kernel("reshape_like", Backend::kReference, make_reshape),
    register_kernel("stop_gradient", Backend::kReference, make_reshape),
    register_kernel("broadcast_to", Backend::kReference, make_broadcast),
    register_kernel("broadcast_like", Backend::kReference, make_broadcast),
    register_kernel("transpose", Backend::kReference, make_transpose),
};

}  // namespace
}  // namespace cornu::reference
