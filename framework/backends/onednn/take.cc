// Rows gathered by index, and their sums scattered back: embeddings and their gradients.

#include <omp.h>

#include <algorithm>
#include <cstring>

#include "framework/backends/onednn/parallel.h"
#include "framework/backends/operands.h"
#include "framework/function_kernel.h"
#include "framework/index_position.h"

namespace cornu::onednn {
namespace {

// x: (outer, size, inner); indices: (count); y: (outer, count, inner)
struct Gathering {
  std::int64_t outer, size, inner, count;
  bool wide_indices;

  std::int64_t position(const KernelArguments& arguments, std::int64_t i) const {
    const std::int64_t index =
        wide_indices ? input_of<std::int64_t>(arguments, 1)[i] : input_of<std::int32_t>(arguments, 1)[i];
    return index_position(index, size);
  }
};

Gathering gathering_of(const KernelRequest& request, const Shape& shape) {
  const std::int64_t axis = request.attributes.integer("axis");
  return {shape.slice(0, axis).num_elements(), shape[axis], shape.slice(axis + 1).num_elements(),
          request.inputs[1].shape.num_elements(), request.inputs[1].dtype == DType::kInt64};
}

template <typename T> void gather_elements(const Gathering& g, const KernelArguments& arguments, std::int64_t row) {
  const T* x = input_of<T>(arguments, 0) + row * g.size;
  T* y = output_of<T>(arguments, 0) + row * g.count;
  for (std::int64_t i = 0; i < g.count; ++i) y[i] = x[g.position(arguments, i)];
}

std::unique_ptr<Kernel> make_take(const KernelRequest& request) {
  const Gathering g = gathering_of(request, request.inputs[0].shape);
  const auto bytes = static_cast<std::int64_t>(size_of(request.inputs[0].dtype));
  if (g.size == 0) return nullptr;
  const std::int64_t work = g.outer * g.count * g.inner;
  // Single elements are moved as numbers, rows as pieces of memory.
  if (g.inner == 1 && bytes == 4) {
    return make_kernel([=](const KernelArguments& arguments) {
      parallel_for(g.outer, work, [&](std::int64_t row) { gather_elements<std::uint32_t>(g, arguments, row); });
    });
  }
  return make_kernel([=](const KernelArguments& arguments) {
    const auto* x = input_of<std::byte>(arguments, 0);
    auto* y = output_of<std::byte>(arguments, 0);
    const std::int64_t row_bytes = g.inner * bytes;
    parallel_for(g.outer * g.count, work, [&](std::int64_t k) {
      const std::int64_t source = k / g.count * g.size + g.position(arguments, k % g.count);
      std::memcpy(y + k * row_bytes, x + source * row_bytes, static_cast<std::size_t>(row_bytes));
    });
  });
}

// Each thread owns a range of the result's positions and walks through all indices in order, so that the sums are the
// same for any number of threads.
std::unique_ptr<Kernel> make_index_add(const KernelRequest& request) {
  if (request.inputs[0].dtype != DType::kFloat32) return nullptr;
  const Gathering g = gathering_of(request, request.outputs[0].shape);
  if (g.size == 0) return nullptr;
  return make_kernel([=](const KernelArguments& arguments) {
    const float* x = input_of<float>(arguments, 0);
    float* y = output_of<float>(arguments, 0);
    // Every range reads all indices again: no more of them than threads that would do nothing otherwise.
    const std::int64_t work = g.outer * (g.count + g.size) * g.inner;
    const std::int64_t wanted = work < kParallelWork || g.outer == 0 ? 1 : omp_get_max_threads() / g.outer;
    const std::int64_t num_ranges = std::clamp<std::int64_t>(wanted, 1, g.size);
    parallel_for(g.outer * num_ranges, work, [&](std::int64_t part) {
      const std::int64_t a = part / num_ranges;
      const std::int64_t first = part % num_ranges * g.size / num_ranges;
      const std::int64_t last = (part % num_ranges + 1) * g.size / num_ranges;
      std::fill(y + (a * g.size + first) * g.inner, y + (a * g.size + last) * g.inner, 0.0F);
      for (std::int64_t i = 0; i < g.count; ++i) {
        const std::int64_t position = g.position(arguments, i);
        if (position < first || position >= last) continue;
        const float* source = x + (a * g.count + i) * g.inner;
        float* target = y + (a * g.size + position) * g.inner;
#pragma omp simd
        for (std::int64_t b = 0; b < g.inner; ++b) target[b] += source[b];
      }
    });
  });
}

const bool kRegistered =
    register_kernel("take", Backend::kCpu, make_take) && register_kernel("index_add", Backend::kCpu, make_index_add);

}  // namespace
}  // namespace cornu::onednn
