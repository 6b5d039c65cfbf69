// strided_slice: y[i] = x[first + step * i];  unslice: y = 0, y[first + step * i] = x[i]

#include "framework/slice_geometry.h"

#include <vector>

#include "framework/backends/cuda/strided_move.h"

namespace cornu::cuda {
namespace {

std::unique_ptr<Kernel> make_strided_slice(const KernelRequest& request) {
  const Shape& whole = request.inputs[0].shape;
  const std::vector<std::int64_t> strides = row_major_strides(whole);
  const std::vector<SliceRange> ranges = resolve_slices(whole, request.attributes);
  std::vector<StridedMove::Axis> axes;
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    axes.push_back({.size = ranges[i].count, .stride = ranges[i].step * strides[i]});
    offset += ranges[i].first * strides[i];
  }
  return StridedMove(axes, offset).kernel(request.inputs[0]);
}

std::unique_ptr<Kernel> make_unslice(const KernelRequest& request) {
  const Shape& whole = request.outputs[0].shape;
  const std::vector<std::int64_t> strides = row_major_strides(request.inputs[0].shape);
  const std::vector<SliceRange> ranges = resolve_slices(whole, request.attributes);
  std::vector<StridedMove::Axis> axes;
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const auto [first, step, count] = ranges[i];
    StridedMove::Axis axis{whole.dims()[i], strides[i], first, step, count};
    if (step < 0 && count > 0) {
      // Seen from the other end.
      axis = {whole.dims()[i], -strides[i], first + (count - 1) * step, -step, count};
      offset += (count - 1) * strides[i];
    }
    axes.push_back(axis);
  }
  return StridedMove(axes, offset).kernel(request.inputs[0]);
}

[[maybe_unused]] const bool kRegistered[] = {
    register_kernel("strided_slice", Backend::kCuda, make_strided_slice),
    register_kernel("unslice", Backend::kCuda, make_unslice),
};

}  // namespace
}  // namespace cornu::cuda
