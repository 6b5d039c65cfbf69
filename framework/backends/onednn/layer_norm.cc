// layer_norm and its gradient for float32.
//
// A row is normalised while it lies in cache. The sums over rows that make dgamma and dbeta are taken in blocks of
// fixed length, which are then added up in order and in double: the same for any number of threads.

#include <algorithm>
#include <cstdint>

#include "framework/backends/onednn/parallel.h"
#include "framework/backends/onednn/vector/norm_kernels.h"
#include "framework/backends/onednn/vector/reduce_kernels.h"
#include "framework/function_kernel.h"
#include "framework/kernel.h"

namespace cornu::onednn {
namespace {

constexpr std::int64_t kBlockRows = 64;

struct Geometry {
  std::int64_t rows;
  std::int64_t size;  // elements normalised together
  bool centered;
  float epsilon;
  std::int64_t blocks;
};

Geometry geometry_of(const KernelRequest& request) {
  const Shape& shape = request.inputs[0].shape;
  const std::int64_t leading = shape.rank() - request.attributes.integer("num_axes");
  const std::int64_t rows = shape.slice(0, leading).num_elements();
  return {rows, shape.slice(leading).num_elements(), request.attributes.flag("centered"),
          static_cast<float>(request.attributes.number("epsilon")), (rows + kBlockRows - 1) / kBlockRows};
}

std::unique_ptr<Kernel> make_forward(const KernelRequest& request) {
  if (request.inputs[0].dtype != DType::kFloat32) return nullptr;
  const Geometry g = geometry_of(request);
  const NormKernels& kernels = CORNU_CHOOSE_ISA_TABLE(norm_kernels);
  return make_kernel([=, &kernels](const KernelArguments& arguments) {
    const auto* x = static_cast<const float*>(arguments.inputs[0]);
    const auto* gamma = static_cast<const float*>(arguments.inputs[1]);
    const auto* beta = static_cast<const float*>(arguments.inputs[2]);
    auto* y = static_cast<float*>(arguments.outputs[0]);
    auto* mean = static_cast<float*>(arguments.outputs[1]);
    auto* rstd = static_cast<float*>(arguments.outputs[2]);
    parallel_for(g.blocks, 2 * g.rows * g.size, [&](std::int64_t block) {
      const std::int64_t end = std::min((block + 1) * kBlockRows, g.rows);
      for (std::int64_t row = block * kBlockRows; row < end; ++row) {
        const std::int64_t start = row * g.size;
        kernels.layer_norm(x + start, gamma, beta, g.size, g.epsilon, g.centered, y + start, mean + row, rstd + row);
      }
    });
  });
}

std::unique_ptr<Kernel> make_gradient(const KernelRequest& request) {
  if (request.inputs[0].dtype != DType::kFloat32) return nullptr;
  const Geometry g = geometry_of(request);
  const NormKernels& kernels = CORNU_CHOOSE_ISA_TABLE(norm_kernels);
  const FoldKernels& sums = CORNU_CHOOSE_ISA_TABLE(reduce_kernels).sum;
  // Of each block the sums for dgamma, then those for dbeta.
  return make_kernel(
      [=, &kernels, &sums](const KernelArguments& arguments) {
        const auto* x = static_cast<const float*>(arguments.inputs[0]);
        const auto* mean = static_cast<const float*>(arguments.inputs[1]);
        const auto* rstd = static_cast<const float*>(arguments.inputs[2]);
        const auto* gamma = static_cast<const float*>(arguments.inputs[3]);
        const auto* dy = static_cast<const float*>(arguments.inputs[4]);
        auto* dx = static_cast<float*>(arguments.outputs[0]);
        auto* block_sums = static_cast<float*>(arguments.scratch);
        parallel_for(g.blocks, 3 * g.rows * g.size, [&](std::int64_t block) {
          float* dgamma = block_sums + block * 2 * g.size;
          std::fill_n(dgamma, 2 * g.size, 0.0F);
          const std::int64_t end = std::min((block + 1) * kBlockRows, g.rows);
          for (std::int64_t row = block * kBlockRows; row < end; ++row) {
            const std::int64_t start = row * g.size;
            kernels.layer_norm_gradient(x + start, mean[row], rstd[row], gamma, dy + start, g.size, g.centered,
                                        dx + start, dgamma, dgamma + g.size);
          }
        });
        for (const std::size_t i : {std::size_t{1}, std::size_t{2}}) {
          const float* from = block_sums + (i == 1 ? 0 : g.size);
          sums.combine(from, g.blocks, g.size, 2 * g.size, static_cast<float*>(arguments.outputs[i]));
        }
      },
      static_cast<std::size_t>(g.blocks * 2 * g.size) * sizeof(float));
}

const bool kRegistered[] = {
    register_kernel("layer_norm", Backend::kCpu, make_forward),
    register_kernel("layer_norm_gradient", Backend::kCpu, make_gradient),
};

}  // namespace
}  // namespace cornu::onednn
