#include <algorithm>

#include "framework/backends/cuda/device_text.h"
#include "framework/backends/cuda/kernel_text.h"
#include "framework/backends/cuda/launch.h"

namespace cornu::cuda {
namespace {

constexpr std::int64_t kSide = 32;  // of a tile, which a block takes

std::int64_t num_tiles(std::int64_t rows, std::int64_t columns) {
  return ((rows + kSide - 1) / kSide) * ((columns + kSide - 1) / kSide);
}

// The matrices from `first` on so many.
Launch launch_of(const KernelRequest& request, std::size_t first, std::size_t count) {
  const std::vector<std::int64_t>& rows = request.attributes.integers("rows");
  const std::vector<std::int64_t>& columns = request.attributes.integers("columns");
  std::string row_table;
  std::string column_table;
  std::string block_table;
  std::int64_t blocks = 0;
  Launch launch{"grouped_transpose", {}, 0, kThreads, {}};
  for (std::size_t i = first; i < first + count; ++i) {
    row_table += std::to_string(rows[i]) + ", ";
    column_table += std::to_string(columns[i]) + ", ";
    block_table += std::to_string(blocks) + "u, ";
    blocks += num_tiles(rows[i], columns[i]);
    launch.operands.push_back(Launch::input(i));
  }
  for (std::size_t i = first; i < first + count; ++i) launch.operands.push_back(Launch::output(i));
  const std::string number = std::to_string(count);
  const std::string unit = unit_type(request.inputs[first].dtype);
  launch.text =
      kernel_text({"grouped_blocks", "grouped_transpose"},
                  "CORNU_CONSTANT const int rows[] = {" + row_table + "};\nCORNU_CONSTANT const int columns[] = {" +
                      column_table + "};\nCORNU_CONSTANT const unsigned int first_blocks[] = {" + block_table + "};\n",
                  launch.name, launch.operands.size(),
                  "const int i = device::member_of_block<" + number + ">(first_blocks, blockIdx.x);\n" +
                      "  device::transpose_tile(static_cast<const " + unit + "*>(operands.at[i]), static_cast<" + unit +
                      "*>(operands.at[" + number + " + i]), rows[i], columns[i], blockIdx.x - first_blocks[i])");
  launch.blocks = static_cast<unsigned int>(blocks);
  return launch;
}

// As few launches as the number of addresses that a kernel can be given allows.
std::unique_ptr<Kernel> make_grouped_transpose(const KernelRequest& request) {
  const std::size_t count = request.inputs.size();
  constexpr std::size_t kPerLaunch = kMaxOperands / 2;
  std::vector<Launch> launches;
  for (std::size_t first = 0; first < count; first += kPerLaunch)
    launches.push_back(launch_of(request, first, std::min(kPerLaunch, count - first)));
  return std::make_unique<LaunchKernel>(std::move(launches));
}

[[maybe_unused]] const bool kRegistered = register_kernel("grouped_transpose", Backend::kCuda, make_grouped_transpose);

}  // namespace
}  // namespace cornu::cuda
