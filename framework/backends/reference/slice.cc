#include <cstring>

#include "framework/backends/operands.h"
#include "framework/backends/reference/box.h"
#include "framework/function_kernel.h"
#include "framework/slice_geometry.h"

// strided_slice: y[i] = x[first + step * i];  unslice: y = 0, y[first + step * i] = x[i]

namespace cornu::reference {
namespace {

// Calls f(offset in the whole, offset in the slice) for each element of the slice.
template <typename F>
void for_each_sliced(const Shape& whole, const Shape& slice, const std::vector<SliceRange>& ranges, F&& f) {
  const auto whole_strides = row_major_strides(whole);
  std::int64_t k = 0;
  for_each_index(slice, [&](const std::vector<std::int64_t>& index) {
    std::int64_t offset = 0;
    for (std::size_t i = 0; i < index.size(); ++i) {
      offset += (ranges[i].first + ranges[i].step * index[i]) * whole_strides[i];
    }
    f(offset, k++);
  });
}

std::unique_ptr<Kernel> make_strided_slice(const KernelRequest& request) {
  const Shape whole = request.inputs[0].shape;
  const Shape slice = request.outputs[0].shape;
  const auto size = static_cast<std::int64_t>(size_of(request.inputs[0].dtype));
  const auto ranges = resolve_slices(whole, request.attributes);
  return make_kernel([=](const KernelArguments& arguments) {
    const auto* x = input_of<char>(arguments, 0);
    auto* y = output_of<char>(arguments, 0);
    for_each_sliced(whole, slice, ranges, [&](std::int64_t in_whole, std::int64_t in_slice) {
      std::memcpy(y + in_slice * size, x + in_whole * size, static_cast<std::size_t>(size));
    });
  });
}

std::unique_ptr<Kernel> make_unslice(const KernelRequest& request) {
  const Shape whole = request.outputs[0].shape;
  const Shape slice = request.inputs[0].shape;
  const auto size = static_cast<std::int64_t>(size_of(request.inputs[0].dtype));
  const auto ranges = resolve_slices(whole, request.attributes);
  return make_kernel([=](const KernelArguments& arguments) {
    const auto* x = input_of<char>(arguments, 0);
    auto* y = output_of<char>(arguments, 0);
    // Zero is all bits zero in every dtype.
    std::memset(y, 0, static_cast<std::size_t>(whole.num_elements() * size));
    for_each_sliced(whole, slice, ranges, [&](std::int64_t in_whole, std::int64_t in_slice) {
      std::memcpy(y + in_whole * size, x + in_slice * size, static_cast<std::size_t>(size));
    });
  });
}

const bool kRegistered = register_kernel("strided_slice", Backend::kReference, make_strided_slice) &&
                         register_kernel("unslice", Backend::kReference, make_unslice);

}  // namespace
}  // namespace cornu::reference
