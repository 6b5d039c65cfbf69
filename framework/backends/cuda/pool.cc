// Pooling. The gradient of max_pool first finds the winners again, one byte for each window, and then is what
// max_pool_scatter is.

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "framework/backends/cuda/device_text.h"
#include "framework/backends/cuda/kernel_text.h"
#include "framework/backends/cuda/launch.h"
#include "framework/window_geometry.h"

namespace cornu::cuda {
namespace {

using Operands = std::vector<Launch::Operand>;

bool fits_int(const std::vector<std::int64_t>& sizes) {
  return std::all_of(sizes.begin(), sizes.end(), [](std::int64_t size) { return size < (std::int64_t{1} << 30); });
}

// A pooling between x and y, which have equal batch, channels and dtype.
class Pooling {
 public:
  Pooling(const KernelRequest& request, const Shape& x)
      : dtype_(request.outputs[0].dtype),
        geometry_(window_geometry(spatial_sizes(x), request.attributes.integers("window"), request.attributes,
                                  request.operation)),
        num_elements_(x.num_elements()),
        num_windows_(x[0] * x.back()),
        width_(pack_width(dtype_, {x.back()})),
        is_served_(is_floating(dtype_) && fits_int(x.slice(1).dims())) {
    for (const std::int64_t size : geometry_.output) num_windows_ *= size;
    for (const std::int64_t size : geometry_.window) taps_ *= size;
    std::vector<std::string> arguments{device_type(dtype_), index_type(std::max(num_elements_, num_windows_)),
                                       std::to_string(x[0]), std::to_string(x.back())};
    // Leading axes of size 1 make three.
    for (std::size_t i = geometry_.rank(); i < 3; ++i)
      arguments.push_back(device_template("PoolAxis", {1, 1, 1, 1, 1, 0}));
    for (std::size_t i = 0; i < geometry_.rank(); ++i) {
      arguments.push_back(
          device_template("PoolAxis", {geometry_.input[i], geometry_.output[i], geometry_.window[i],
                                       geometry_.strides[i], geometry_.dilation[i], geometry_.before[i]}));
    }
    types_ = "using Pooling = " + device_template("Pooling", arguments) + ";\n";
  }

  bool is_served() const { return is_served_; }
  std::int64_t num_elements() const { return num_elements_; }
  std::int64_t num_windows() const { return num_windows_; }

  // Winners' numbers: those of an operation are bytes, and large windows have more.
  std::string number_type() const { return taps_ <= 256 ? "unsigned char" : "unsigned int"; }
  std::size_t number_bytes() const { return taps_ <= 256 ? 1 : sizeof(std::uint32_t); }

  // A launch of `function`, a template of pool.cuh, for `count` results; `pointers` are its arguments, of which those
  // in `aligned` are accessed `width_` at a time.
  Launch launch(const std::string& function, std::int64_t count, const std::vector<std::string>& pointers,
                const std::vector<std::string>& aligned, const std::vector<std::string>& types,
                Operands operands) const {
    std::string arguments;
    for (const std::string& pointer : pointers) arguments += (arguments.empty() ? "" : ", ") + pointer;
    const auto call = [&](std::int64_t width) {
      std::vector<std::string> all{"Pooling", std::to_string(width)};
      all.insert(all.end(), types.begin(), types.end());
      return device_template(function, all) + "(" + arguments + ")";
    };
    std::string statement = call(1);
    if (width_ > 1) {
      std::string condition;
      for (const std::string& pointer : aligned) condition += (condition.empty() ? "" : ", ") + pointer;
      statement = "if (device::are_aligned<" + std::to_string(width_) + ">(" + condition + ")) " + call(width_) +
                  ";\n  else " + statement;
    }
    return {function, kernel_text({"pool"}, types_, function, operands.size(), statement), blocks_for(count / width_),
            kThreads, std::move(operands)};
  }

  std::string read(std::size_t number) const { return read_operand(stored_type(dtype_), number); }
  std::string written(std::size_t number) const { return written_operand(stored_type(dtype_), number); }

  // From the winners in operand 0 and dy in operand 1 to dx.
  Launch scatter(Operands operands) const {
    const std::vector<std::string> pointers{read_operand(number_type(), 0), read(1), written(2)};
    return launch("max_pool_scatter", num_elements_, pointers, pointers, {number_type()}, std::move(operands));
  }

 private:
  DType dtype_;
  WindowGeometry geometry_;
  std::int64_t num_elements_;
  std::int64_t num_windows_;
  std::int64_t taps_ = 1;
  std::int64_t width_;
  bool is_served_;
  std::string types_;
};

std::unique_ptr<Kernel> kernel_of(std::vector<Launch> launches, std::size_t scratch_bytes = 0) {
  return std::make_unique<LaunchKernel>(std::move(launches), scratch_bytes);
}

std::unique_ptr<Kernel> nothing() { return kernel_of({}); }

// x -> y, of max_pool and average_pool.
std::unique_ptr<Kernel> make_forward(const KernelRequest& request) {
  const Pooling pooling(request, request.inputs[0].shape);
  if (!pooling.is_served()) return nullptr;
  if (pooling.num_windows() == 0) return nothing();
  const std::vector<std::string> pointers{pooling.read(0), pooling.written(1)};
  return kernel_of({pooling.launch(request.operation, pooling.num_windows(), pointers, pointers, {},
                                   {Launch::input(0), Launch::output(0)})});
}

std::unique_ptr<Kernel> make_winners(const KernelRequest& request) {
  const Pooling pooling(request, request.inputs[0].shape);
  if (!pooling.is_served() || pooling.number_bytes() > 1) return nullptr;
  if (pooling.num_windows() == 0) return nothing();
  const std::vector<std::string> pointers{pooling.read(0), pooling.written(1), written_operand("unsigned char", 2)};
  return kernel_of({pooling.launch("max_pool_winners", pooling.num_windows(), pointers, pointers, {"unsigned char"},
                                   {Launch::input(0), Launch::output(0), Launch::output(1)})});
}

std::unique_ptr<Kernel> make_gather(const KernelRequest& request) {
  const Pooling pooling(request, request.inputs[0].shape);
  if (!pooling.is_served()) return nullptr;
  if (pooling.num_windows() == 0) return nothing();
  return kernel_of({pooling.launch(
      "max_pool_gather", pooling.num_windows(), {pooling.read(0), pooling.read(1), pooling.written(2)},
      {pooling.read(0), pooling.read(2)}, {}, {Launch::input(0), Launch::input(1), Launch::output(0)})});
}

std::unique_ptr<Kernel> make_scatter(const KernelRequest& request) {
  const Pooling pooling(request, request.outputs[0].shape);
  if (!pooling.is_served() || pooling.number_bytes() > 1) return nullptr;
  if (pooling.num_elements() == 0) return nothing();
  return kernel_of({pooling.scatter({Launch::input(0), Launch::input(1), Launch::output(0)})});
}

std::unique_ptr<Kernel> make_gradient(const KernelRequest& request) {
  const Pooling pooling(request, request.outputs[0].shape);
  if (!pooling.is_served()) return nullptr;
  if (pooling.num_elements() == 0) return nothing();
  const std::string numbers = written_operand(pooling.number_type(), 1);
  return kernel_of(
      {pooling.launch("max_pool_winners", pooling.num_windows(), {pooling.read(0), "nullptr", numbers},
                      {pooling.read(0), numbers}, {pooling.number_type()}, {Launch::input(0), Launch::scratch(0)}),
       pooling.scatter({Launch::scratch(0), Launch::input(1), Launch::output(0)})},
      static_cast<std::size_t>(pooling.num_windows()) * pooling.number_bytes());
}

// dy -> dx; the second input is there for its shape.
std::unique_ptr<Kernel> make_average_gradient(const KernelRequest& request) {
  const Pooling pooling(request, request.outputs[0].shape);
  if (!pooling.is_served()) return nullptr;
  if (pooling.num_elements() == 0) return nothing();
  const std::vector<std::string> pointers{pooling.read(0), pooling.written(1)};
  return kernel_of({pooling.launch("average_pool_gradient", pooling.num_elements(), pointers, pointers, {},
                                   {Launch::input(0), Launch::output(0)})});
}

[[maybe_unused]] const bool kRegistered[] = {
    register_kernel("max_pool", Backend::kCuda, make_forward),
    register_kernel("max_pool_and_winners", Backend::kCuda, make_winners),
    register_kernel("max_pool_gather", Backend::kCuda, make_gather),
    register_kernel("max_pool_scatter", Backend::kCuda, make_scatter),
    register_kernel("max_pool_gradient", Backend::kCuda, make_gradient),
    register_kernel("average_pool", Backend::kCuda, make_forward),
    register_kernel("average_pool_gradient", Backend::kCuda, make_average_gradient),
};

}  // namespace
}  // namespace cornu::cuda
