#include "framework/backends/onednn/winograd_cost.h"

#include <omp.h>

#include <algorithm>

#include "framework/backends/onednn/second_cache.h"
#include "framework/backends/onednn/vector/winograd_kernels.h"
#include "framework/numerics.h"

namespace cornu::onednn {
namespace {

// Cycles, measured on a core that starts one fused multiply-add of a whole register a cycle.
constexpr double kDirectProduct = 1.12;
constexpr double kProduct = 1.06;
constexpr double kProductCall = 45;  // for each panel of two registers of filters and twelve tiles
constexpr double kInputTransform = 300;
constexpr double kOutputTransform = 230;
constexpr double kKernelTransform = 330;
constexpr double kTurnedKernelTransform = 480;
constexpr double kByteBeyondCache = 0.18;  // of data that do not stay in the second cache
constexpr double kSumsByte = 0.06;         // of sums that a block of tiles reads and writes
constexpr double kMemoryByte = 0.12;       // of what no cache holds from one run to the next
constexpr double kThirdCache = 16 << 20;   // bytes of it that a program may hope for

double number(std::int64_t value) { return static_cast<double>(value); }

// Registers that so many channels fill.
double registers(std::int64_t channels) {
  const std::int64_t lanes = CORNU_CHOOSE_ISA_TABLE(winograd_kernels).lanes;
  return number((channels + lanes - 1) / lanes);
}

// Pairs of an output and a tap of the window that meet inside the input along one axis: the direct way skips the
// others.
double pairs(std::int64_t input, std::int64_t before, std::int64_t output) {
  std::int64_t count = 0;
  for (std::int64_t tap = 0; tap < 3; ++tap) {
    const std::int64_t first = std::max<std::int64_t>(0, before - tap);
    const std::int64_t last = std::min(output, input + before - tap);
    count += std::max<std::int64_t>(0, last - first);
  }
  return number(count);
}

double direct_cost(const WinogradProblem& p, bool vectors_of_channels) {
  const double products = number(p.batch) * pairs(p.height, p.top, p.out_height) * pairs(p.width, p.left, p.out_width);
  const double width =
      vectors_of_channels ? registers(p.channels) * number(p.filters) : registers(p.filters) * number(p.channels);
  return products * width * kDirectProduct;
}

double memory_cost(const WinogradProblem& p) {
  const double floats =
      number(p.batch) * (number(p.height * p.width * p.channels) + 2 * number(p.out_height * p.out_width * p.filters));
  return floats > number(second_cache_floats()) ? 4 * floats * kByteBeyondCache : 0;
}

double products_cost(const WinogradProblem& p) {
  const double tiles = number(p.num_tiles());
  const double vectors = registers(p.filters);
  return kWinogradPoints * (tiles * vectors * number(p.channels) * kProduct + tiles / 12 * vectors / 2 * kProductCall);
}

// What reading the transformed kernel again for each block of tiles costs.
double stream_cost(const WinogradProblem& p) {
  const double floats = kWinogradPoints * number(p.channels) * registers(p.filters) *
                        number(CORNU_CHOOSE_ISA_TABLE(winograd_kernels).lanes);
  if (floats < number(second_cache_floats()) / 2) return 0;
  const double block =
      std::clamp(number(second_cache_floats()) * 0.75 / kWinogradPoints / number(p.channels), 12.0, 96.0);
  const double byte = 4 * floats > kThirdCache ? kMemoryByte : kSumsByte;
  return std::max(1.0, number(p.num_tiles()) / block) * 4 * floats * byte;
}

double forward_cost(const WinogradProblem& p, double kernel_transform) {
  const double tiles = number(p.num_tiles());
  const double inputs = tiles * registers(p.channels) * kInputTransform;
  const double outputs = tiles * registers(p.filters) * kOutputTransform;
  const double kernel = number(p.channels) * registers(p.filters) * kernel_transform;
  return inputs + outputs + kernel + products_cost(p) + stream_cost(p) + memory_cost(p);
}

double kernel_gradient_cost(const WinogradProblem& p) {
  const double tiles = number(p.num_tiles());
  const double transforms = tiles * (registers(p.channels) * kInputTransform + registers(p.filters) * kOutputTransform);
  const double sums = kWinogradPoints * number(p.channels) * registers(p.filters) *
                      number(CORNU_CHOOSE_ISA_TABLE(winograd_kernels).lanes);
  const double blocks = std::max(1.0, tiles / 64);
  return transforms + products_cost(p) + 8 * sums * (blocks + 1) * kSumsByte + memory_cost(p);
}

}  // namespace

ConvolutionCost convolution_cost(const WinogradProblem& problem, ConvolutionPass pass, bool constant_kernel) {
  switch (pass) {
    case ConvolutionPass::kForward:
      return {direct_cost(problem, false), forward_cost(problem, constant_kernel ? 0 : kKernelTransform)};
    case ConvolutionPass::kInputGradient:
      return {direct_cost(problem, true), forward_cost(problem.turned(), constant_kernel ? 0 : kTurnedKernelTransform)};
    case ConvolutionPass::kKernelGradient: return {direct_cost(problem, false), kernel_gradient_cost(problem)};
  }
  return {};
}

bool winograd_pays(const WinogradProblem& problem, ConvolutionPass pass, bool constant_kernel) {
  if (numeric_settings().exact) return false;
  const ConvolutionCost cost = convolution_cost(problem, pass, constant_kernel);
  constexpr double kClearly = 0.93;
  return cost.winograd < kClearly * cost.direct;
}

}  // namespace cornu::onednn
