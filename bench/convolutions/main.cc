// Measures 3 x 3 convolutions by oneDNN's direct primitives and by cornu's Winograd kernels, and prints what the cost
// model expects beside: how its figures were found, and how they are checked on another machine.
//
//   cornu-bench-convolutions [THREADS [BATCH HEIGHT CHANNELS FILTERS]]

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "framework/backends/onednn/winograd.h"
#include "framework/backends/onednn/winograd_cost.h"
#include "framework/num_threads.h"
#include "framework/numerics.h"

namespace {

using namespace cornu;
using onednn::ConvolutionPass;

struct Size {
  std::int64_t batch;
  std::int64_t height;
  std::int64_t channels;
  std::int64_t filters;
};

constexpr Size kSizes[] = {
    {128, 32, 16, 16}, {128, 16, 32, 32}, {128, 8, 64, 64},  {64, 32, 32, 64}, {64, 14, 32, 64},  {8, 56, 64, 64},
    {8, 28, 128, 128}, {8, 14, 256, 256}, {8, 7, 512, 512},  {1, 56, 64, 64},  {1, 28, 128, 128}, {1, 14, 256, 256},
    {1, 7, 512, 512},  {1, 28, 32, 32},   {1, 14, 32, 64},   {32, 10, 20, 24}, {16, 64, 8, 8},    {16, 64, 8, 16},
    {4, 112, 16, 32},  {32, 4, 64, 64},   {32, 4, 256, 256}, {1, 224, 64, 64}, {16, 12, 96, 96},  {2, 16, 48, 48},
};

double milliseconds(const Kernel& kernel, const std::vector<const void*>& inputs, void* output) {
  void* outputs[] = {output};
  const Storage scratch = kernel.scratch_bytes() > 0 ? allocate_storage(kernel.scratch_bytes()) : nullptr;
  const KernelArguments arguments{inputs.data(), outputs, scratch.get()};
  using Clock = std::chrono::steady_clock;
  double best = 1e30;
  const auto begin = Clock::now();
  do {
    const auto start = Clock::now();
    kernel.run(arguments);
    best = std::min(best, std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  } while (Clock::now() - begin < std::chrono::milliseconds(60));
  return best;
}

// One kernel on operands of its own, packed as it wants them.
double measure(const Kernel& kernel, const TensorSpec& first, const TensorSpec& second, const TensorSpec& result,
               double& packing) {
  Tensor a = Tensor::empty(first.shape, first.dtype);
  Tensor b = Tensor::empty(second.shape, second.dtype);
  std::fill_n(static_cast<float*>(a.raw()), a.num_elements(), 0.5F);
  std::fill_n(static_cast<float*>(b.raw()), b.num_elements(), 0.25F);
  Tensor c = Tensor::empty(result.shape, result.dtype);
  const auto layout = kernel.input_layout(1);
  packing = 0;
  if (!layout) return milliseconds(kernel, {a.raw(), b.raw()}, c.raw());
  const Storage packed = allocate_storage(layout->num_bytes());
  packing = milliseconds(*kernel.packer(1), {b.raw()}, packed.get());
  return milliseconds(kernel, {a.raw(), packed.get()}, c.raw());
}

void measure_size(const Size& size) {
  const Shape image{size.batch, size.height, size.height, size.channels};
  const Shape result{size.batch, size.height, size.height, size.filters};
  const Shape kernel{3, 3, size.channels, size.filters};
  const TensorSpec x{image, DType::kFloat32};
  const TensorSpec y{result, DType::kFloat32};
  const TensorSpec w{kernel, DType::kFloat32};
  Attributes attributes{{"strides", std::vector<std::int64_t>{1, 1}},
                        {"dilation", std::vector<std::int64_t>{1, 1}},
                        {"padding", "same"},
                        {"groups", 1}};
  const auto geometry = window_geometry({size.height, size.height}, {3, 3}, attributes, "bench");
  const auto problem = onednn::winograd_problem(geometry, attributes, image, result);
  struct Case {
    const char* operation;
    ConvolutionPass pass;
    TensorSpecs inputs;
    TensorSpec output;
    std::unique_ptr<Kernel> winograd;
  };
  Attributes sized = attributes;
  sized.set("size", std::vector<std::int64_t>{size.height, size.height});
  Attributes window = attributes;
  window.set("size", std::vector<std::int64_t>{3, 3});
  Case cases[3] = {
      {"conv", ConvolutionPass::kForward, {x, w}, y, onednn::make_winograd_forward(*problem, {})},
      {"conv_input_gradient",
       ConvolutionPass::kInputGradient,
       {y, w},
       x,
       onednn::make_winograd_input_gradient(*problem)},
      {"conv_kernel_gradient",
       ConvolutionPass::kKernelGradient,
       {x, y},
       w,
       onednn::make_winograd_kernel_gradient(*problem)},
  };
  const Attributes* all[] = {&attributes, &sized, &window};
  for (int i = 0; i < 3; ++i) {
    const Case& c = cases[i];
    double pack_direct = 0;
    double pack_winograd = 0;
    const auto direct = compile_kernel({c.operation, *all[i], c.inputs, {&c.output, 1}});
    const double direct_ms = measure(*direct, c.inputs[0], c.inputs[1], c.output, pack_direct);
    const double winograd_ms = measure(*c.winograd, c.inputs[0], c.inputs[1], c.output, pack_winograd);
    const auto cost = onednn::convolution_cost(*problem, c.pass, false);
    std::printf("%4ld %4ld %4ld %4ld  %-21s %8.3f %8.3f %6.2f  %8.3f %8.3f %6.2f %6.2f\n", size.batch, size.height,
                size.channels, size.filters, c.operation, direct_ms, winograd_ms, direct_ms / winograd_ms, pack_direct,
                pack_winograd, (direct_ms + pack_direct) / (winograd_ms + pack_winograd), cost.direct / cost.winograd);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) set_num_threads(std::max(1, std::atoi(argv[1])));
  set_float32_precision("exact");  // what compile_kernel makes is the direct way
  std::printf("batch size chan filt  %-21s %8s %8s %6s  %8s %8s %6s %6s\n", "pass", "direct", "winograd", "ratio",
              "pack d", "pack w", "both", "model");
  if (argc > 5) {
    measure_size({std::atol(argv[2]), std::atol(argv[3]), std::atol(argv[4]), std::atol(argv[5])});
    return 0;
  }
  for (const Size& size : kSizes) measure_size(size);
}
