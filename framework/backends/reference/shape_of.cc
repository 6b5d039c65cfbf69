// Kernels whose result is known from the shape of the input alone.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "framework/function_kernel.h"
#include "framework/kernel.h"

namespace cornu::reference {
namespace {

std::unique_ptr<Kernel> make_constant(std::vector<std::int32_t> values) {
  return make_kernel([values = std::move(values)](const KernelArguments& arguments) {
    std::copy(values.begin(), values.end(), static_cast<std::int32_t*>(arguments.outputs[0]));
  });
}

std::unique_ptr<Kernel> make_shape_of(const KernelRequest& request) {
  std::vector<std::int32_t> dims;
  for (std::int64_t dim : request.inputs[0].shape) dims.push_back(static_cast<std::int32_t>(dim));
  return make_constant(std::move(dims));
}

std::unique_ptr<Kernel> make_count_along(const KernelRequest& request) {
  std::int64_t count = 1;
  for (std::int64_t axis : request.attributes.integers("axes")) count *= request.inputs[0].shape[axis];
  return make_constant({static_cast<std::int32_t>(count)});
}

const bool kRegistered[] = {
    register_kernel("shape_of", Backend::kReference, make_shape_of),
    register_kernel("count_along", Backend::kReference, make_count_along),
};

}  // namespace
}  // namespace cornu::reference
