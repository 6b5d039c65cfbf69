// broadcast_to and broadcast_like, and the operations that change a shape only: programs alias their operands, here
// they are copies for those who ask for one.

#include <vector>

#include "framework/backends/cuda/strided_move.h"

namespace cornu::cuda {
namespace {

std::unique_ptr<Kernel> make_broadcast(const KernelRequest& request) {
  const Shape& from = request.inputs[0].shape;
  const Shape& to = request.outputs[0].shape;
  const std::vector<std::int64_t> strides = row_major_strides(from);
  const std::int64_t added = to.rank() - from.rank();
  std::vector<StridedMove::Axis> axes;
  for (std::int64_t i = 0; i < to.rank(); ++i) {
    const bool repeats = i < added || from[i - added] == 1;
    axes.push_back({.size = to[i], .stride = repeats ? 0 : strides[static_cast<std::size_t>(i - added)]});
  }
  return StridedMove(axes, 0).kernel(request.inputs[0]);
}

std::unique_ptr<Kernel> make_copy(const KernelRequest& request) { return copy_kernel(request.inputs[0]); }

[[maybe_unused]] const bool kRegistered[] = {
    register_kernel("broadcast_to", Backend::kCuda, make_broadcast),
    register_kernel("broadcast_like", Backend::kCuda, make_broadcast),
    register_kernel("reshape", Backend::kCuda, make_copy),
    register_kernel("reshape_copying", Backend::kCuda, make_copy),
    register_kernel("reshape_like", Backend::kCuda, make_copy),
    register_kernel("stop_gradient", Backend::kCuda, make_copy),
};

}  // namespace
}  // namespace cornu::cuda
