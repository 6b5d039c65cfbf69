// take, take_along_axis, the sums that are their gradients, and index_update. What is taken from an empty axis is 0.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "framework/backends/cuda/device_text.h"
#include "framework/backends/cuda/kernel_text.h"
#include "framework/backends/cuda/launch.h"
#include "framework/backends/cuda/strided_move.h"

namespace cornu::cuda {
namespace {

// An axis, and what is before and behind it.
struct Split {
  std::int64_t outer;
  std::int64_t size;
  std::int64_t inner;
  Split(const Shape& shape, std::int64_t axis)
      : outer(shape.slice(0, axis).num_elements()), size(shape[axis]), inner(shape.slice(axis + 1).num_elements()) {}
};

std::unique_ptr<Kernel> kernel_of(std::vector<Launch> launches, std::size_t scratch_bytes = 0) {
  return std::make_unique<LaunchKernel>(std::move(launches), scratch_bytes);
}

std::unique_ptr<Kernel> nothing() { return kernel_of({}); }

std::unique_ptr<Kernel> zeros(const TensorSpec& spec) {
  return StridedMove({{.size = spec.shape.num_elements(), .stride = 1, .count = 0}}, 0).kernel(spec);
}

std::string join(std::initializer_list<std::string> arguments) {
  std::string text;
  for (const std::string& argument : arguments) text += (text.empty() ? "(" : ", ") + argument;
  return text + ")";
}

Launch launch_of(std::initializer_list<std::string_view> files, const std::string& types, const std::string& name,
                 const std::string& statement, unsigned int blocks, std::vector<Launch::Operand> operands) {
  return {name, kernel_text(files, types, name, operands.size(), statement), blocks, kThreads, std::move(operands)};
}

std::unique_ptr<Kernel> make_take(const KernelRequest& request) {
  const TensorSpec& x = request.inputs[0];
  const TensorSpec& indices = request.inputs[1];
  const Split split(x.shape, request.attributes.integer("axis"));
  const std::int64_t count = request.outputs[0].shape.num_elements();
  if (count == 0) return nothing();
  if (split.size == 0) return zeros(request.outputs[0]);
  const std::int64_t width = pack_width(x.dtype, {split.inner});
  const std::string unit = unit_type(x.dtype);
  const std::string statement =
      device_template(
          "take", std::vector<std::string>{index_type(count), std::to_string(count), std::to_string(split.size),
                                           std::to_string(indices.shape.num_elements()), std::to_string(split.inner),
                                           std::to_string(width)}) +
      join({read_operand(unit, 0), read_operand(stored_type(indices.dtype), 1), written_operand(unit, 2)});
  return kernel_of({launch_of({"take"}, "", "take", statement, blocks_for_moves(count / width),
                              {Launch::input(0), Launch::input(1), Launch::output(0)})});
}

// How y is shared out among blocks: by rows, and where these are few, by columns too.
struct WriteGrid {
  std::int64_t rows;  // of a block
  std::int64_t row_blocks;
  std::int64_t columns;  // of a block
  std::int64_t column_blocks;
  std::int64_t lanes;

  unsigned int blocks() const { return static_cast<unsigned int>(row_blocks * column_blocks); }

  WriteGrid(const Split& y, std::int64_t count) {
    // Each block reads all indices: fewer where there are very many.
    constexpr std::int64_t kMostReads = std::int64_t{1} << 28;
    constexpr std::int64_t kFewestBlocks = 132;
    constexpr std::int64_t kMostBlocks = 132 * 8;
    const std::int64_t wanted = std::clamp(kMostReads / std::max<std::int64_t>(count, 1), kFewestBlocks, kMostBlocks);
    constexpr std::int64_t kBlock = kThreads;
    const std::int64_t all_columns = y.outer * y.inner;
    rows = (y.size + wanted - 1) / wanted;
    row_blocks = (y.size + rows - 1) / rows;
    const std::int64_t most = (all_columns + kBlock - 1) / kBlock;
    const std::int64_t parts = std::clamp<std::int64_t>(wanted / row_blocks, 1, most);
    columns = ((all_columns + parts - 1) / parts + kBlock - 1) / kBlock * kBlock;
    column_blocks = (all_columns + columns - 1) / columns;
    lanes = std::min(kBlock, static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(all_columns))));
  }
};

std::string shape_text(const Split& y, std::int64_t count, const WriteGrid& grid) {
  return "using Shape = " +
         device_template("IndexWriteShape",
                         {y.outer, y.size, count, y.inner, grid.rows, grid.row_blocks, grid.columns, grid.lanes}) +
         ";\n";
}

std::unique_ptr<Kernel> make_index_add(const KernelRequest& request) {
  const TensorSpec& x = request.inputs[0];
  const TensorSpec& indices = request.inputs[1];
  const TensorSpec& y = request.outputs[0];
  const Split split(y.shape, request.attributes.integer("axis"));
  const std::int64_t count = indices.shape.num_elements();
  const std::int64_t num_sums = y.shape.num_elements();
  if (num_sums == 0) return nothing();
  // float16 and bfloat16 would lose what they add up.
  const bool rounds = x.dtype == DType::kFloat16 || x.dtype == DType::kBFloat16;
  const DType sum = rounds ? DType::kFloat32 : x.dtype;
  const WriteGrid grid(split, count);
  const std::string statement =
      device_template("index_write", std::vector<std::string>{"Shape", "device::Adds", device_type(x.dtype),
                                                              device_type(sum), std::to_string(kThreads)}) +
      join({"nullptr", read_operand(stored_type(x.dtype), 0), read_operand(stored_type(indices.dtype), 1),
            written_operand(stored_type(sum), 2)});
  const Launch::Operand target = rounds ? Launch::scratch(0) : Launch::output(0);
  std::vector<Launch> launches{launch_of({"take", "block_scan", "index_write"}, shape_text(split, count, grid),
                                         "index_add", statement, grid.blocks(),
                                         {Launch::input(0), Launch::input(1), target})};
  if (!rounds) return kernel_of(std::move(launches));
  const std::string rounding =
      device_template("round_sums",
                      std::vector<std::string>{device_type(x.dtype), device_type(sum), index_type(num_sums)}) +
      join({read_operand(stored_type(sum), 0), written_operand(stored_type(x.dtype), 1), std::to_string(num_sums)});
  launches.push_back(launch_of({"take", "block_scan", "index_write"}, "", "round_sums", rounding, blocks_for(num_sums),
                               {Launch::scratch(0), Launch::output(0)}));
  return kernel_of(std::move(launches), static_cast<std::size_t>(num_sums) * size_of(sum));
}

// Works in place where it may: only the entries that are named are written.
std::unique_ptr<Kernel> make_index_update(const KernelRequest& request) {
  const TensorSpec& indices = request.inputs[1];
  const TensorSpec& y = request.outputs[0];
  if (y.shape.num_elements() == 0) return nothing();
  const Split split(y.shape, 0);
  const std::int64_t count = indices.shape.num_elements();
  const WriteGrid grid(split, count);
  const std::string unit = unit_type(y.dtype);
  const std::string moved = "device::Moved<" + unit + ">";
  const std::string statement =
      device_template("index_write",
                      std::vector<std::string>{"Shape", "device::Replaces", moved, moved, std::to_string(kThreads)}) +
      join({read_operand(unit, 0), read_operand(unit, 2), read_operand(stored_type(indices.dtype), 1),
            written_operand(unit, 3)});
  Launch launch =
      launch_of({"take", "block_scan", "index_write"}, shape_text(split, count, grid), "index_update", statement,
                grid.blocks(), {Launch::input(0), Launch::input(1), Launch::input(2), Launch::output(0)});
  return std::make_unique<LaunchKernel>(std::vector<Launch>{std::move(launch)}, 0,
                                        std::vector<std::pair<std::size_t, std::size_t>>{{0, 0}});
}

// Where an operand that is broadcast to `shape` has the elements of it; along `axis` it is not moved.
std::string broadcast_places(const Shape& operand, const Shape& shape, std::int64_t axis) {
  const std::vector<std::int64_t> strides = row_major_strides(operand);
  std::vector<StridedMove::Axis> axes;
  for (std::int64_t i = 0; i < shape.rank(); ++i) {
    const bool stays = i == axis || operand[i] == 1;
    axes.push_back({.size = shape[i], .stride = stays ? 0 : strides[static_cast<std::size_t>(i)]});
  }
  return strided_places(StridedMove(axes, 0).axes(), 0, index_type(shape.num_elements()), "long long");
}

constexpr std::int64_t kNoAxis = -1;

std::unique_ptr<Kernel> make_take_along_axis(const KernelRequest& request) {
  const TensorSpec& x = request.inputs[0];
  const TensorSpec& indices = request.inputs[1];
  const Shape& shape = request.outputs[0].shape;
  const std::int64_t axis = request.attributes.integer("axis");
  if (shape.num_elements() == 0) return nothing();
  const Split split(x.shape, axis);
  if (split.size == 0) return zeros(request.outputs[0]);
  const std::string types = "using Source = " + broadcast_places(x.shape, shape, axis) +
                            ";\nusing Indices = " + broadcast_places(indices.shape, shape, kNoAxis) + ";\n";
  const std::string unit = unit_type(x.dtype);
  const std::string statement =
      device_template("take_along_axis", std::vector<std::string>{"Source", "Indices", std::to_string(split.size),
                                                                  std::to_string(split.inner)}) +
      join({read_operand(unit, 0), read_operand(stored_type(indices.dtype), 1), written_operand(unit, 2)});
  return kernel_of(
      {launch_of({"strided_move", "take"}, types, "take_along_axis", statement, blocks_for_moves(shape.num_elements()),
                 {Launch::input(0), Launch::input(1), Launch::output(0)})});
}

// A thread for each line; float16 and bfloat16, which would lose what they add up, are left to the CPU.
std::unique_ptr<Kernel> make_index_add_along_axis(const KernelRequest& request) {
  const TensorSpec& x = request.inputs[0];
  const TensorSpec& indices = request.inputs[1];
  const TensorSpec& y = request.outputs[0];
  if (x.dtype == DType::kFloat16 || x.dtype == DType::kBFloat16) return nullptr;
  if (y.shape.num_elements() == 0) return nothing();
  const std::int64_t axis = request.attributes.integer("axis");
  const Split split(y.shape, axis);
  if (x.shape.num_elements() == 0) return zeros(y);
  const std::string types = "using Indices = " + broadcast_places(indices.shape, x.shape, kNoAxis) + ";\n";
  const std::string statement =
      device_template("index_add_along_axis",
                      std::vector<std::string>{device_type(x.dtype), "Indices", std::to_string(split.outer),
                                               std::to_string(split.size), std::to_string(x.shape[axis]),
                                               std::to_string(split.inner)}) +
      join({read_operand(stored_type(x.dtype), 0), read_operand(stored_type(indices.dtype), 1),
            written_operand(stored_type(x.dtype), 2)});
  return kernel_of(
      {launch_of({"strided_move", "take"}, types, "index_add_along_axis", statement,
                 blocks_for(split.outer * split.inner), {Launch::input(0), Launch::input(1), Launch::output(0)})});
}

[[maybe_unused]] const bool kRegistered[] = {
    register_kernel("take", Backend::kCuda, make_take),
    register_kernel("index_add", Backend::kCuda, make_index_add),
    register_kernel("index_update", Backend::kCuda, make_index_update),
    register_kernel("take_along_axis", Backend::kCuda, make_take_along_axis),
    register_kernel("index_add_along_axis", Backend::kCuda, make_index_add_along_axis),
};

}  // namespace
}  // namespace cornu::cuda
