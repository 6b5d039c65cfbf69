// transpose. Where the last axis stays, runs of elements are moved as they are; otherwise tiles are turned around in
// shared memory, unless the matrices to be turned are so small that they are in cache anyway.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "framework/backends/cuda/kernel_text.h"
#include "framework/backends/cuda/launch.h"
#include "framework/backends/cuda/strided_move.h"

namespace cornu::cuda {
namespace {

using Axis = StridedMove::Axis;

// The sides of a tile of 1024 elements: squares, unless an axis is shorter.
struct Tile {
  std::int64_t first;
  std::int64_t last;
};
constexpr std::int64_t kSide = 32;
Tile tile_of(std::int64_t first, std::int64_t last) {
  const auto side = [](std::int64_t size) {
    return std::min(kSide, static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(size))));
  };
  const std::int64_t a = side(first);
  const std::int64_t b = side(last);
  return a < b ? Tile{a, kSide * kSide / a} : Tile{kSide * kSide / b, b};
}

// The axis whose elements lie side by side in the source.
std::vector<Axis>::const_iterator source_row(const std::vector<Axis>& axes) {
  return std::find_if(axes.begin(), axes.end(), [](const Axis& axis) { return axis.stride == 1; });
}

std::unique_ptr<Kernel> tiled_kernel(const std::vector<Axis>& axes, const TensorSpec& spec) {
  const std::int64_t count = spec.shape.num_elements();
  const auto first_axis = source_row(axes);
  const Axis& last = axes.back();
  std::vector<Axis> sources;
  std::vector<Axis> targets;
  std::int64_t target_stride = count;
  std::int64_t first_target_stride = 0;
  std::int64_t matrices = 1;
  for (auto axis = axes.begin(); axis + 1 != axes.end(); ++axis) {
    target_stride /= axis->size;
    if (axis == first_axis) {
      first_target_stride = target_stride;
      continue;
    }
    matrices *= axis->size;
    sources.push_back(*axis);
    targets.push_back(*axis);
    targets.back().stride = target_stride;
  }
  const Tile tile = tile_of(first_axis->size, last.size);
  const std::int64_t tiles =
      matrices * ((first_axis->size + tile.first - 1) / tile.first) * ((last.size + tile.last - 1) / tile.last);
  const char* index = index_type(tiles);
  const char* place = count <= INT32_MAX ? "int" : "long long";
  const std::string types = "using Axes = " +
                            device_template("TransposedAxes", {first_axis->size, last.size, last.stride,
                                                               first_target_stride, tile.first, tile.last}) +
                            ";\nusing Source = " + strided_places(sources, 0, index, place) +
                            ";\nusing Target = " + strided_places(targets, 0, index, place) + ";\n";
  const std::string unit = unit_type(spec.dtype);
  const std::string statement =
      device_template("transpose", std::vector<std::string>{"Axes", "Source", "Target", std::to_string(kThreads)}) +
      "(" + read_operand(unit, 0) + ", " + written_operand(unit, 1) + ")";
  Launch launch{"transpose",
                kernel_text({"strided_move", "transpose"}, types, "transpose", 2, statement),
                blocks_for(tiles * kThreads),
                kThreads,
                {Launch::input(0), Launch::output(0)}};
  return std::make_unique<LaunchKernel>(std::vector<Launch>{std::move(launch)});
}

std::unique_ptr<Kernel> make_transpose(const KernelRequest& request) {
  const TensorSpec& x = request.inputs[0];
  const std::vector<std::int64_t> strides = row_major_strides(x.shape);
  std::vector<Axis> axes;
  for (const std::int64_t axis : request.attributes.integers("permutation")) {
    axes.push_back({.size = x.shape[axis], .stride = strides[static_cast<std::size_t>(axis)]});
  }
  const StridedMove move(axes, 0);
  if (x.shape.num_elements() == 0 || move.axes().empty()) return move.kernel(x);
  constexpr std::int64_t kWorthATile = 256;
  const Axis& last = move.axes().back();
  if (last.stride == 1 || last.size * source_row(move.axes())->size < kWorthATile) return move.kernel(x);
  return tiled_kernel(move.axes(), x);
}

[[maybe_unused]] const bool kRegistered = register_kernel("transpose", Backend::kCuda, make_transpose);

}  // namespace
}  // namespace cornu::cuda
