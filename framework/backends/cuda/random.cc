// random_uniform, random_normal, random_integers and dropout: the same words as on the CPU, so a seed gives the same
// numbers. float16 and bfloat16 are made in float32 and rounded.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "framework/backends/cuda/device_text.h"
#include "framework/backends/cuda/kernel_text.h"
#include "framework/backends/cuda/launch.h"
#include "framework/backends/cuda/strided_move.h"

namespace cornu::cuda {
namespace {

// Bit by bit.
std::string literal(float value) {
  return "device::bits_as<float>(" + std::to_string(std::bit_cast<std::uint32_t>(value)) + "u)";
}
std::string literal(double value) {
  return "device::bits_as<double>(" + std::to_string(std::bit_cast<std::uint64_t>(value)) + "ull)";
}

std::string state(std::size_t operand) { return "device::RandomState(" + read_operand("long long", operand) + ")"; }

std::unique_ptr<Kernel> kernel_of(Launch launch, std::vector<std::pair<std::size_t, std::size_t>> shares = {}) {
  return std::make_unique<LaunchKernel>(std::vector<Launch>{std::move(launch)}, 0, std::move(shares));
}

std::unique_ptr<Kernel> nothing() { return std::make_unique<LaunchKernel>(std::vector<Launch>()); }

// From the state in operand 0 to operand 1: `arguments` follow the number of elements.
std::unique_ptr<Kernel> generator(const KernelRequest& request, const std::string& function,
                                  const std::vector<std::string>& types, const std::string& arguments,
                                  std::int64_t elements_per_thread) {
  const std::int64_t count = request.outputs[0].shape.num_elements();
  if (count == 0) return nothing();
  std::vector<std::string> all = types;
  all.emplace_back(index_type(count));
  const std::string statement = device_template(function, all) + "(" + state(0) + ", " +
                                written_operand(stored_type(request.outputs[0].dtype), 1) + ", " +
                                std::to_string(count) + arguments + ")";
  return kernel_of({function,
                    kernel_text({"random"}, "", function, 2, statement),
                    blocks_for(count / elements_per_thread),
                    kThreads,
                    {Launch::input(0), Launch::output(0)}});
}

constexpr std::int64_t kWords = 4;  // of a counter

std::string uniform_range(float low, float high) {
  return ", device::UniformRange<float>{" + literal(low) + ", " + literal(high - low) + ", " +
         literal(std::nextafter(high, low)) + "}";
}

std::unique_ptr<Kernel> make_uniform(const KernelRequest& request) {
  const DType dtype = request.outputs[0].dtype;
  const double low = request.attributes.number("low");
  const double high = request.attributes.number("high");
  if (!is_floating(dtype)) return nullptr;
  if (dtype == DType::kFloat64) {
    const std::string range = ", device::UniformRange<double>{" + literal(low) + ", " + literal(high - low) + ", " +
                              literal(std::nextafter(high, low)) + "}";
    return generator(request, "random_uniform_float64", {}, range, 1);
  }
  return generator(request, "random_uniform", {device_type(dtype)},
                   uniform_range(static_cast<float>(low), static_cast<float>(high)), kWords);
}

std::unique_ptr<Kernel> make_normal(const KernelRequest& request) {
  const DType dtype = request.outputs[0].dtype;
  if (!is_floating(dtype)) return nullptr;
  if (dtype == DType::kFloat64) return generator(request, "random_normal_float64", {}, "", 1);
  return generator(request, "random_normal", {device_type(dtype)}, "", kWords);
}

std::unique_ptr<Kernel> make_integers(const KernelRequest& request) {
  const std::int64_t low = request.attributes.integer("low");
  const std::int64_t range = request.attributes.integer("high") - low;
  return generator(request, "random_integers", {}, ", " + std::to_string(low) + "ll, " + std::to_string(range) + "ull",
                   kWords);
}

std::unique_ptr<Kernel> make_dropout(const KernelRequest& request) {
  const auto& [shape, dtype] = request.inputs[0];
  if (!is_floating(dtype)) return nullptr;
  const std::int64_t count = shape.num_elements();
  if (count == 0) return nothing();
  const double rate = request.attributes.number("rate");
  const double scale = rate < 1 ? 1 / (1 - rate) : 0.0;
  const std::string stored = stored_type(dtype);
  const std::string rule = "Rule{" + std::to_string(std::llround(rate * 0x1p32)) + "ull, " +
                           (dtype == DType::kFloat64 ? literal(scale) : literal(static_cast<float>(scale))) + "}";
  const std::string operands = "(" + read_operand(stored, 0) + ", " + state(1) + ", " + written_operand(stored, 2);
  const std::vector<std::int64_t>& shared = request.attributes.integers("shared");
  const char* index = index_type(count);
  std::string types =
      "using Rule = " + device_template("Dropout", std::vector<std::string>{device_type(dtype)}) + ";\n";
  const auto kernel = [&](const std::string& function, const std::string& text, std::int64_t threads) {
    return kernel_of(
        {function, text, blocks_for(threads), kThreads, {Launch::input(0), Launch::input(1), Launch::output(0)}},
        {{0, 0}});
  };
  if (shared.empty()) {
    const std::string statement = device_template("dropout", std::vector<std::string>{"Rule", index}) + operands +
                                  ", " + std::to_string(count) + ", " + rule + ")";
    return kernel("dropout", kernel_text({"random"}, types, "dropout", 3, statement), count / kWords);
  }
  // Along shared axes the words stay.
  std::vector<StridedMove::Axis> axes;
  std::int64_t stride = 1;
  for (std::int64_t i = shape.rank(); i-- > 0;) {
    const bool is_shared = std::find(shared.begin(), shared.end(), i) != shared.end();
    axes.insert(axes.begin(), {.size = shape[i], .stride = is_shared ? 0 : stride});
    if (!is_shared) stride *= shape[i];
  }
  types += "using Places = " + strided_places(StridedMove(axes, 0).axes(), 0, index, "long long") + ";\n";
  const std::string statement =
      device_template("shared_dropout", std::vector<std::string>{"Places", "Rule"}) + operands + ", " + rule + ")";
  return kernel("shared_dropout", kernel_text({"strided_move", "random"}, types, "shared_dropout", 3, statement),
                count);
}

[[maybe_unused]] const bool kRegistered[] = {
    register_kernel("random_uniform", Backend::kCuda, make_uniform),
    register_kernel("random_normal", Backend::kCuda, make_normal),
    register_kernel("random_integers", Backend::kCuda, make_integers),
    register_kernel("dropout", Backend::kCuda, make_dropout),
};

}  // namespace
}  // namespace cornu::cuda
