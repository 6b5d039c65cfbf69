// cumsum and cumprod. Floating numbers are accumulated in double, integers wrap around.

#include <algorithm>
#include <string>
#include <vector>

#include "framework/backends/cuda/device_text.h"
#include "framework/backends/cuda/kernel_text.h"
#include "framework/backends/cuda/launch.h"

namespace cornu::cuda {
namespace {

std::unique_ptr<Kernel> make_cumulative(const KernelRequest& request, const char* rule) {
  const auto& [shape, dtype] = request.inputs[0];
  if (dtype == DType::kBool) return nullptr;
  if (shape.num_elements() == 0) return std::make_unique<LaunchKernel>(std::vector<Launch>());
  const std::int64_t axis = request.attributes.integer("axis");
  const std::int64_t outer = shape.slice(0, axis).num_elements();
  const std::int64_t inner = shape.slice(axis + 1).num_elements();
  const std::string lines =
      "using Lines = " +
      device_template(
          "Lines",
          std::vector<std::string>{device_type(dtype), is_floating(dtype) ? "double" : "unsigned long long", rule,
                                   std::to_string(outer), std::to_string(shape[axis]), std::to_string(inner),
                                   request.attributes.flag("reverse") ? "true" : "false"}) +
      ";\n";
  // Threads on lines side by side read side by side, but there must be enough of them.
  constexpr std::int64_t kSideBySide = 32;
  constexpr std::int64_t kManyLines = 4096;
  const bool has_many = inner >= kSideBySide && outer * inner >= kManyLines;
  const std::string name = has_many ? "accumulate_lines" : "accumulate_line_by_block";
  const std::string call = has_many
                               ? device_template(name, std::vector<std::string>{"Lines"})
                               : device_template(name, std::vector<std::string>{"Lines", std::to_string(kThreads)});
  const std::string stored = stored_type(dtype);
  constexpr std::int64_t kMaxBlocks = 1 << 20;
  Launch launch{name,
                kernel_text({"block_scan", "cumulative"}, lines, name, 2,
                            call + "(" + read_operand(stored, 0) + ", " + written_operand(stored, 1) + ")"),
                has_many ? blocks_for(outer * inner) : static_cast<unsigned int>(std::min(outer * inner, kMaxBlocks)),
                kThreads,
                {Launch::input(0), Launch::output(0)}};
  // Each element is read before it is written, by the same thread.
  return std::make_unique<LaunchKernel>(std::vector<Launch>{std::move(launch)}, 0,
                                        std::vector<std::pair<std::size_t, std::size_t>>{{0, 0}});
}

[[maybe_unused]] const bool kRegistered[] = {
    register_kernel("cumsum", Backend::kCuda,
                    [](const KernelRequest& request) { return make_cumulative(request, "device::Sum"); }),
    register_kernel("cumprod", Backend::kCuda,
                    [](const KernelRequest& request) { return make_cumulative(request, "device::Product"); }),
};

}  // namespace
}  // namespace cornu::cuda
