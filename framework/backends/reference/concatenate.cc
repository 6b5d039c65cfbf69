#include <cstring>

#include "framework/backends/operands.h"
#include "framework/backends/reference/box.h"
#include "framework/function_kernel.h"

// concatenate: y[..., start_k + i, ...] = x_k[..., i, ...];  split, split_like: y_k[..., i, ...] = x[..., start_k + i,
// ...]

namespace cornu::reference {
namespace {

// Calls f(k, offset in the whole, offset in part k) for each element of each part.
template <typename F>
void for_each_part(const std::vector<Shape>& parts, const Shape& whole, std::int64_t axis, F&& f) {
  const auto strides = row_major_strides(whole);
  std::int64_t start = 0;
  for (std::size_t k = 0; k < parts.size(); ++k) {
    std::int64_t in_part = 0;
    for_each_index(parts[k], [&](const std::vector<std::int64_t>& index) {
      f(k, offset_of(index, strides) + start * strides[static_cast<std::size_t>(axis)], in_part++);
    });
    start += parts[k][axis];
  }
}

std::vector<Shape> shapes_of(std::span<const TensorSpec> specs) {
  std::vector<Shape> shapes;
  for (const TensorSpec& spec : specs) shapes.push_back(spec.shape);
  return shapes;
}

std::unique_ptr<Kernel> make_concatenate(const KernelRequest& request) {
  const auto parts = shapes_of(request.inputs);
  const Shape whole = request.outputs[0].shape;
  const std::int64_t axis = request.attributes.integer("axis");
  const auto size = static_cast<std::int64_t>(size_of(request.outputs[0].dtype));
  return make_kernel([=](const KernelArguments& arguments) {
    auto* y = output_of<char>(arguments, 0);
    for_each_part(parts, whole, axis, [&](std::size_t k, std::int64_t in_whole, std::int64_t in_part) {
      const auto* x = input_of<char>(arguments, k);
      std::memcpy(y + in_whole * size, x + in_part * size, static_cast<std::size_t>(size));
    });
  });
}

std::unique_ptr<Kernel> make_split(const KernelRequest& request) {
  const auto parts = shapes_of(request.outputs);
  const Shape whole = request.inputs[0].shape;
  const std::int64_t axis = request.attributes.integer("axis");
  const auto size = static_cast<std::int64_t>(size_of(request.inputs[0].dtype));
  return make_kernel([=](const KernelArguments& arguments) {
    const auto* x = input_of<char>(arguments, 0);
    for_each_part(parts, whole, axis, [&](std::size_t k, std::int64_t in_whole, std::int64_t in_part) {
      auto* y = output_of<char>(arguments, k);
      std::memcpy(y + in_part * size, x + in_whole * size, static_cast<std::size_t>(size));
    });
  });
}

const bool kRegistered = register_kernel("concatenate", Backend::kReference, make_concatenate) &&
                         register_kernel("split", Backend::kReference, make_split) &&
                         register_kernel("split_like", Backend::kReference, make_split);

}  // namespace
}  // namespace cornu::reference
