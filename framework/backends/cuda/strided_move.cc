#include "framework/backends/cuda/strided_move.h"

#include <algorithm>

#include "framework/backends/cuda/kernel_text.h"
#include "framework/backends/cuda/launch.h"

namespace cornu::cuda {
namespace {

bool is_whole(const StridedMove::Axis& axis) { return axis.first == 0 && axis.step == 1 && axis.count == axis.size; }

const char* place_type(std::int64_t count) { return count <= INT32_MAX ? "int" : "long long"; }

}  // namespace

StridedMove::StridedMove(const std::vector<Axis>& axes, std::int64_t offset) : offset_(offset) {
  for (Axis axis : axes) {
    if (axis.count < 0) axis.count = axis.size;
    if (axis.count <= 1) axis.step = 1;
    num_elements_ *= axis.size;
    if (axis.size != 1 || axis.count != 1) append(axis);
  }
}

void StridedMove::append(Axis axis) {
  if (!axes_.empty()) {
    Axis& outer = axes_.back();
    const bool follows = outer.stride == axis.stride * axis.size && is_whole(axis) && outer.step == 1;
    if (follows) {
      outer = {outer.size * axis.size, axis.stride, outer.first * axis.size, 1, outer.count * axis.size};
      return;
    }
  }
  axes_.push_back(axis);
}

std::int64_t StridedMove::width(DType dtype) const {
  if (axes_.empty()) return 1;
  const Axis& row = axes_.back();
  if (repeats()) return is_whole(row) ? pack_width(dtype, {row.size}) : 1;
  if (row.stride != 1 || row.step != 1) return 1;
  std::int64_t width = pack_width(dtype, {row.size, row.first, row.count, offset_});
  for (std::size_t i = 0; i + 1 < axes_.size(); ++i) width = std::min(width, pack_width(dtype, {axes_[i].stride}));
  return width;
}

std::unique_ptr<Kernel> StridedMove::kernel(const TensorSpec& source, std::uint64_t border) const {
  if (num_elements_ == 0) return std::make_unique<LaunchKernel>(std::vector<Launch>());
  const std::string unit = unit_type(source.dtype);
  const std::int64_t width = this->width(source.dtype);
  const std::int64_t farthest = std::max(num_elements_, source.shape.num_elements());
  const std::string places =
      "using Places = " + strided_places(axes_, offset_, index_type(num_elements_), place_type(farthest)) + ";\n";
  const std::string statement =
      device_template("strided_move",
                      std::vector<std::string>{"Places", std::to_string(width),
                                               repeats() ? "device::MoveForm::kRepeats" : "device::MoveForm::kPacks"}) +
      "(" + read_operand(unit, 0) + ", " + written_operand(unit, 1) + ", static_cast<" + unit + ">(" +
      std::to_string(border) + "ull))";
  Launch launch{"strided_move",
                kernel_text({"strided_move"}, places, "strided_move", 2, statement),
                blocks_for_moves(num_elements_ / width),
                kThreads,
                {Launch::input(0), Launch::output(0)}};
  return std::make_unique<LaunchKernel>(std::vector<Launch>{std::move(launch)});
}

std::string strided_places(const std::vector<StridedMove::Axis>& axes, std::int64_t offset, const char* index,
                           const char* place) {
  std::int64_t inner = 1;
  for (const StridedMove::Axis& axis : axes) inner *= axis.size;
  std::vector<std::string> arguments{index, std::to_string(inner), place, std::to_string(offset)};
  for (const StridedMove::Axis& axis : axes) {
    inner /= axis.size;
    arguments.push_back(
        device_template("MovedAxis", {inner, axis.size, axis.first, axis.step, axis.count, axis.stride}));
  }
  return device_template("StridedPlaces", arguments);
}

unsigned int blocks_for_moves(std::int64_t count) {
  constexpr std::int64_t kLoads = 4;               // that a thread has under way, as in grid_loop.cuh
  constexpr unsigned int kBlocksAtOnce = 132 * 8;  // on a large card: with fewer, a thread each is better
  return std::max(blocks_for(count / kLoads), std::min(blocks_for(count), kBlocksAtOnce));
}

std::unique_ptr<Kernel> copy_kernel(const TensorSpec& source) {
  return StridedMove({{.size = source.shape.num_elements(), .stride = 1}}, 0).kernel(source);
}

}  // namespace cornu::cuda
