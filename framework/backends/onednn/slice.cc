// Slices and borders: boxes of elements copied out of a tensor or into one.

#include <algorithm>
#include <cstring>

#include "framework/backends/onednn/strided_copy.h"
#include "framework/backends/operands.h"
#include "framework/function_kernel.h"
#include "framework/slice_geometry.h"

namespace cornu::onednn {
namespace {

// A box within a tensor of that shape: where it begins, in bytes, and how its axes lie.
struct Box {
  std::int64_t offset = 0;
  std::vector<std::int64_t> strides;
};

Box box_of(const Shape& whole, const std::vector<SliceRange>& ranges, std::size_t element_bytes) {
  Box box{0, row_major_strides(whole)};
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    box.offset += ranges[i].first * box.strides[i] * static_cast<std::int64_t>(element_bytes);
    box.strides[i] *= ranges[i].step;
  }
  return box;
}

std::vector<StridedCopy::Axis> axes_of(const Shape& shape, const std::vector<std::int64_t>& source,
                                       const std::vector<std::int64_t>& target) {
  std::vector<StridedCopy::Axis> axes;
  for (std::size_t i = 0; i < source.size(); ++i) axes.push_back({shape.dims()[i], source[i], target[i]});
  return axes;
}

std::unique_ptr<Kernel> make_strided_slice(const KernelRequest& request) {
  const Shape& slice = request.outputs[0].shape;
  const std::size_t bytes = size_of(request.inputs[0].dtype);
  const Box box = box_of(request.inputs[0].shape, resolve_slices(request.inputs[0].shape, request.attributes), bytes);
  const StridedCopy copy(axes_of(slice, box.strides, row_major_strides(slice)), bytes);
  if (slice.num_elements() == 0) return make_kernel([](const KernelArguments&) {});
  return make_kernel([copy, offset = box.offset](const KernelArguments& arguments) {
    copy.run(input_of<std::byte>(arguments, 0) + offset, output_of<std::byte>(arguments, 0));
  });
}

std::unique_ptr<Kernel> make_unslice(const KernelRequest& request) {
  const TensorSpec& slice = request.inputs[0];
  const TensorSpec& whole = request.outputs[0];
  const std::size_t bytes = size_of(slice.dtype);
  const Box box = box_of(whole.shape, resolve_slices(whole.shape, request.attributes), bytes);
  const StridedCopy copy(axes_of(slice.shape, row_major_strides(slice.shape), box.strides), bytes);
  const std::size_t whole_bytes = static_cast<std::size_t>(whole.shape.num_elements()) * bytes;
  const bool is_empty = slice.shape.num_elements() == 0;
  return make_kernel([=, offset = box.offset](const KernelArguments& arguments) {
    auto* y = output_of<std::byte>(arguments, 0);
    if (whole_bytes > 0) std::memset(y, 0, whole_bytes);
    if (!is_empty) copy.run(input_of<std::byte>(arguments, 0), y + offset);
  });
}

// The border first, over the whole result: it is small, and what is written twice is in cache.
std::unique_ptr<Kernel> make_pad(const KernelRequest& request) {
  const TensorSpec& input = request.inputs[0];
  const TensorSpec& output = request.outputs[0];
  if (input.dtype != DType::kFloat32 && request.attributes.number("value") != 0.0) return nullptr;
  const std::size_t bytes = size_of(input.dtype);
  std::vector<SliceRange> ranges;
  for (std::size_t i = 0; i < input.shape.dims().size(); ++i) {
    ranges.push_back({request.attributes.integers("before")[i], 1, input.shape.dims()[i]});
  }
  const Box box = box_of(output.shape, ranges, bytes);
  const StridedCopy copy(axes_of(input.shape, row_major_strides(input.shape), box.strides), bytes);
  const auto count = static_cast<std::size_t>(output.shape.num_elements());
  const auto value = static_cast<float>(request.attributes.number("value"));
  const bool is_empty = input.shape.num_elements() == 0;
  return make_kernel([=, offset = box.offset](const KernelArguments& arguments) {
    auto* y = output_of<std::byte>(arguments, 0);
    if (value == 0.0F) {
      if (count > 0) std::memset(y, 0, count * bytes);
    } else {
      std::fill_n(output_of<float>(arguments, 0), count, value);
    }
    if (!is_empty) copy.run(input_of<std::byte>(arguments, 0), y + offset);
  });
}

const bool kRegistered = register_kernel("strided_slice", Backend::kCpu, make_strided_slice) &&
                         register_kernel("unslice", Backend::kCpu, make_unslice) &&
                         register_kernel("pad", Backend::kCpu, make_pad);

}  // namespace
}  // namespace cornu::onednn
