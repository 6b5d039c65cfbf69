// broadcast_to and broadcast_like for elements of 1, 2, 4 or 8 bytes, whatever they mean.
//
// Neighbouring axes of which all or none are repeated are one axis, so that what is left alternates. The result is
// written row by row: a row is filled with one element, or copied.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "framework/backends/onednn/parallel.h"
#include "framework/kernel.h"

namespace cornu::onednn {
namespace {

constexpr std::int64_t kElementsEach = 4096;  // written by one task

struct Axis {
  std::int64_t size;
  std::int64_t stride;  // in the input; 0 along repeated axes
};

std::vector<Axis> merged_axes(const Shape& from, const Shape& to) {
  const std::vector<std::int64_t> strides = row_major_strides(from);
  const std::int64_t added = to.rank() - from.rank();
  std::vector<Axis> axes;
  for (std::int64_t i = 0; i < to.rank(); ++i) {
    if (to[i] == 1) continue;
    const bool repeated = i < added || from[i - added] == 1;
    const std::int64_t stride = repeated ? 0 : strides[static_cast<std::size_t>(i - added)];
    if (!axes.empty() && (axes.back().stride == 0) == repeated) {
      axes.back() = {axes.back().size * to[i], stride};
    } else {
      axes.push_back({to[i], stride});
    }
  }
  if (axes.empty()) axes.push_back({1, 0});
  return axes;
}

template <typename T> class BroadcastKernel final : public Kernel {
 public:
  BroadcastKernel(const Shape& from, const Shape& to) : count_(to.num_elements()), axes_(merged_axes(from, to)) {}

  void run(const KernelArguments& arguments) const override {
    if (count_ == 0) return;
    const auto* x = static_cast<const T*>(arguments.inputs[0]);
    auto* y = static_cast<T*>(arguments.outputs[0]);
    const std::int64_t length = axes_.back().size;
    const std::int64_t piece = std::min(length, kElementsEach);
    const std::int64_t pieces = (length + piece - 1) / piece;
    const std::int64_t rows = count_ / length;
    const std::int64_t rows_each = std::max<std::int64_t>(kElementsEach / length, 1);
    parallel_for((rows + rows_each - 1) / rows_each * pieces, count_, [&](std::int64_t task) {
      const std::int64_t first = task % pieces * piece;
      const std::int64_t end = std::min(length, first + piece);
      const std::int64_t row = task / pieces * rows_each;
      for (std::int64_t r = row; r < std::min(row + rows_each, rows); ++r) {
        write(x + source_of(r), first, end, y + r * length);
      }
    });
  }

 private:
  std::int64_t source_of(std::int64_t row) const {
    std::int64_t offset = 0;
    for (std::size_t i = axes_.size() - 1; i-- > 0;) {
      offset += row % axes_[i].size * axes_[i].stride;
      row /= axes_[i].size;
    }
    return offset;
  }

  void write(const T* source, std::int64_t first, std::int64_t end, T* row) const {
    if (axes_.back().stride == 0) {
      std::fill(row + first, row + end, *source);
    } else {
      std::memcpy(row + first, source + first, static_cast<std::size_t>(end - first) * sizeof(T));
    }
  }

  std::int64_t count_;
  std::vector<Axis> axes_;
};

std::unique_ptr<Kernel> make_broadcast(const KernelRequest& request) {
  const Shape& from = request.inputs[0].shape;
  const Shape& to = request.outputs[0].shape;
  switch (size_of(request.inputs[0].dtype)) {
    case 1: return std::make_unique<BroadcastKernel<std::uint8_t>>(from, to);
    case 2: return std::make_unique<BroadcastKernel<std::uint16_t>>(from, to);
    case 4: return std::make_unique<BroadcastKernel<std::uint32_t>>(from, to);
    default: return std::make_unique<BroadcastKernel<std::uint64_t>>(from, to);
  }
}

const bool kRegistered[] = {
    register_kernel("broadcast_to", Backend::kCpu, make_broadcast),
    register_kernel("broadcast_like", Backend::kCpu, make_broadcast),
};

}  // namespace
}  // namespace cornu::onednn
