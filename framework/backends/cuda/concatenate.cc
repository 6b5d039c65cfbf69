// concatenate, split and split_like: one launch for all parts. Axes from the concatenated one on are the columns of a
// matrix, those before it its rows.

#include <string>
#include <vector>

#include "framework/backends/cuda/device_text.h"
#include "framework/backends/cuda/kernel_text.h"
#include "framework/backends/cuda/launch.h"
#include "framework/backends/cuda/strided_move.h"

namespace cornu::cuda {
namespace {

struct Part {
  std::size_t number;
  std::int64_t start;  // column of the whole
  std::int64_t size;
};

// Finds the part of a column by halving.
std::string search(const Part* first, const Part* last) {
  if (last - first == 1) {
    return "return {" + std::to_string(first->number) + ", " + std::to_string(first->start) + ", " +
           std::to_string(first->size) + "};\n";
  }
  const Part* middle = first + (last - first) / 2;
  return "if (column < " + std::to_string(middle->start) + ") {\n" + search(first, middle) + "}\n" +
         search(middle, last);
}

std::string parts_text(const std::vector<Part>& parts, std::int64_t row, std::int64_t count) {
  const std::string index = index_type(count);
  return "struct Parts {\n  using Index = " + index + ";\n  static constexpr Index kRow = " + std::to_string(row) +
         ";\n  static constexpr Index kElements = " + std::to_string(count) +
         ";\n  static CORNU_DEVICE device::PartColumns<Index> find(Index column) {\n" +
         search(parts.data(), parts.data() + parts.size()) + "}\n};\n";
}

// `splits` is true where the whole is the input.
std::unique_ptr<Kernel> make_kernel(const KernelRequest& request, bool splits) {
  const std::span<const TensorSpec> specs = splits ? request.outputs : request.inputs;
  const TensorSpec& whole = splits ? request.inputs[0] : request.outputs[0];
  const std::int64_t axis = request.attributes.integer("axis");
  const std::int64_t count = whole.shape.num_elements();
  if (specs.size() + 1 > kMaxOperands) return nullptr;
  if (count == 0) return std::make_unique<LaunchKernel>(std::vector<Launch>());
  std::vector<Part> parts;
  std::vector<Launch::Operand> operands;
  std::int64_t row = 0;
  std::int64_t width = pack_width(whole.dtype, {});
  for (std::size_t i = 0; i < specs.size(); ++i) {
    operands.push_back(splits ? Launch::output(i) : Launch::input(i));
    const std::int64_t size = specs[i].shape.slice(axis).num_elements();
    if (size == 0) continue;
    parts.push_back({i, row, size});
    row += size;
    width = std::min(width, pack_width(whole.dtype, {size}));
  }
  operands.push_back(splits ? Launch::input(0) : Launch::output(0));
  const std::string unit = unit_type(whole.dtype);
  const std::string name = splits ? "split" : "concatenate";
  const std::string statement =
      device_template("SideBySide", std::vector<std::string>{"Parts", std::to_string(width), unit}) + "{operands.at}." +
      (splits ? "take_apart(" + read_operand(unit, specs.size())
              : "put_together(" + written_operand(unit, specs.size())) +
      ")";
  Launch launch{name, kernel_text({"concatenate"}, parts_text(parts, row, count), name, operands.size(), statement),
                blocks_for_moves(count / width), kThreads, std::move(operands)};
  return std::make_unique<LaunchKernel>(std::vector<Launch>{std::move(launch)});
}

std::unique_ptr<Kernel> make_concatenate(const KernelRequest& request) { return make_kernel(request, false); }
std::unique_ptr<Kernel> make_split(const KernelRequest& request) { return make_kernel(request, true); }

[[maybe_unused]] const bool kRegistered[] = {
    register_kernel("concatenate", Backend::kCuda, make_concatenate),
    register_kernel("split", Backend::kCuda, make_split),
    register_kernel("split_like", Backend::kCuda, make_split),
};

}  // namespace
}  // namespace cornu::cuda
