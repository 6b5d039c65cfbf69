// Tensors joined along an axis and taken apart: of each part, rows that are without gaps on both sides.

#include "framework/backends/onednn/strided_copy.h"
#include "framework/backends/operands.h"
#include "framework/function_kernel.h"

namespace cornu::onednn {
namespace {

// How one part lies in the whole.
struct Part {
  StridedCopy copy;
  std::int64_t offset;  // bytes
};

enum class Direction { kJoin, kSplit };

std::vector<Part> parts_of(std::span<const TensorSpec> parts, const Shape& whole, std::int64_t axis,
                           Direction direction) {
  const auto bytes = static_cast<std::int64_t>(size_of(parts[0].dtype));
  const std::int64_t outer = whole.slice(0, axis).num_elements();
  const std::int64_t inner = whole.slice(axis + 1).num_elements();
  const std::int64_t whole_row = whole[axis] * inner;
  std::vector<Part> result;
  std::int64_t start = 0;
  for (const TensorSpec& part : parts) {
    const std::int64_t row = part.shape[axis] * inner;
    const StridedCopy::Axis rows = direction == Direction::kJoin ? StridedCopy::Axis{outer, row, whole_row}
                                                                 : StridedCopy::Axis{outer, whole_row, row};
    result.push_back({StridedCopy({rows, {row, 1, 1}}, static_cast<std::size_t>(bytes)), start * bytes});
    start += row;
  }
  return result;
}

std::unique_ptr<Kernel> make_concatenate(const KernelRequest& request) {
  const auto parts =
      parts_of(request.inputs, request.outputs[0].shape, request.attributes.integer("axis"), Direction::kJoin);
  return make_kernel([parts](const KernelArguments& arguments) {
    auto* whole = output_of<std::byte>(arguments, 0);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      parts[i].copy.run(input_of<std::byte>(arguments, i), whole + parts[i].offset);
    }
  });
}

std::unique_ptr<Kernel> make_split(const KernelRequest& request) {
  const auto parts =
      parts_of(request.outputs, request.inputs[0].shape, request.attributes.integer("axis"), Direction::kSplit);
  return make_kernel([parts](const KernelArguments& arguments) {
    const auto* whole = input_of<std::byte>(arguments, 0);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      parts[i].copy.run(whole + parts[i].offset, output_of<std::byte>(arguments, i));
    }
  });
}

const bool kRegistered = register_kernel("concatenate", Backend::kCpu, make_concatenate) &&
                         register_kernel("split", Backend::kCpu, make_split) &&
                         register_kernel("split_like", Backend::kCpu, make_split);

}  // namespace
}  // namespace cornu::onednn
