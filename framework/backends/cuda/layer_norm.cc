// layer_norm and its gradient. A row is normalised by the threads that fold it; dgamma and dbeta are sums over rows.

#include <ios>
#include <sstream>

#include "framework/backends/cuda/device_text.h"
#include "framework/backends/cuda/launch.h"
#include "framework/backends/cuda/lines.h"

namespace cornu::cuda {
namespace {

using Shares = std::vector<std::pair<std::size_t, std::size_t>>;

struct Axes {
  std::vector<std::int64_t> leading;
  std::vector<std::int64_t> normalised;
};

Axes axes_of(const KernelRequest& request) {
  const std::int64_t rank = request.inputs[0].shape.rank();
  Axes axes;
  for (std::int64_t axis = 0; axis < rank; ++axis) {
    (axis < rank - request.attributes.integer("num_axes") ? axes.leading : axes.normalised).push_back(axis);
  }
  return axes;
}

bool serves(const KernelRequest& request) { return is_floating(request.inputs[0].dtype); }

std::string text() { return device_text({"device_types", "lines", "layer_norm"}); }

// A kernel of one block for each row.
void add_rows(std::vector<Launch>& launches, const KernelRequest& request, const std::string& name,
              std::vector<Launch::Operand> operands) {
  const TensorSpec& x = request.inputs[0];
  const Lines rows = Lines::whole(x.shape, axes_of(request).normalised, size_of(x.dtype));
  if (rows.num_lines() == 0) return;
  std::ostringstream settings;
  settings << "struct Settings {\n  static constexpr bool kCentered = " << std::boolalpha
           << request.attributes.flag("centered") << ";\n  static CORNU_DEVICE double epsilon() { return "
           << std::hexfloat << request.attributes.number("epsilon") << "; }\n};\n";
  launches.push_back({name + "_of_rows",
                      text() + settings.str() + rows.plan() + "CORNU_KERNEL(" + name + "_of_rows, " +
                          std::to_string(operands.size()) + ") {\n  device::" + name + "<Plan, Settings, " +
                          device_type(x.dtype) + ">(operands.at);\n}\n",
                      rows.num_blocks(), rows.num_threads(), std::move(operands)});
}

std::unique_ptr<Kernel> make_forward(const KernelRequest& request) {
  if (!serves(request)) return nullptr;
  std::vector<Launch> launches;
  add_rows(
      launches, request, "layer_norm",
      {Launch::input(0), Launch::input(1), Launch::input(2), Launch::output(0), Launch::output(1), Launch::output(2)});
  return std::make_unique<LaunchKernel>(std::move(launches), 0, Shares{{0, 0}});
}

std::unique_ptr<Kernel> make_gradient(const KernelRequest& request) {
  if (!serves(request)) return nullptr;
  const TensorSpec& x = request.inputs[0];
  const Lines columns = Lines::divided(x.shape, axes_of(request).leading, size_of(x.dtype));
  const std::string element = device_type(x.dtype);
  const Fold fold{.name = "layer_norm_gradient_of_columns",
                  .text = text(),
                  .terms = "device::ColumnSums<Plan, " + element + ">",
                  .finish = "device::StoreTwoSums<" + element + ">",
                  .terms_operands = {Launch::input(0), Launch::input(1), Launch::input(2), Launch::input(4)},
                  .finish_operands = {Launch::output(1), Launch::output(2)},
                  .part_bytes = 2 * sizeof(double)};
  std::vector<Launch> launches = fold_launches(columns, fold);
  // Behind the sums, which read x and dy, dx may take their memory.
  if (x.shape.num_elements() > 0) {
    add_rows(
        launches, request, "layer_norm_dx",
        {Launch::input(0), Launch::input(1), Launch::input(2), Launch::input(3), Launch::input(4), Launch::output(0)});
  }
  return std::make_unique<LaunchKernel>(std::move(launches), fold_scratch_bytes(columns, fold), Shares{{0, 0}, {4, 0}});
}

const bool kRegistered[] = {
    register_kernel("layer_norm", Backend::kCuda, make_forward),
    register_kernel("layer_norm_gradient", Backend::kCuda, make_gradient),
};

}  // namespace
}  // namespace cornu::cuda
