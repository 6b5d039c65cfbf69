#include <algorithm>
#include <dnnl.hpp>

#include "framework/backends/onednn/engine.h"
#include "framework/backends/onednn/one_thread.h"
#include "framework/backends/onednn/post_ops.h"
#include "framework/backends/onednn/primitive_kernel.h"
#include "framework/backends/onednn/small_matmul.h"
#include "framework/kernel.h"
#include "framework/num_threads.h"
#include "framework/numerics.h"

namespace cornu::onednn {
namespace {

using Dims = dnnl::memory::dims;

// The axes before the last two, with ones in front up to a rank.
Dims batch_dims(const Shape& shape, std::size_t rank) {
  const Dims own = shape.slice(0, -2).dims();
  Dims dims(rank - own.size(), 1);
  dims.insert(dims.end(), own.begin(), own.end());
  return dims;
}

// A product as oneDNN is asked for it: operands of one rank whose batch sizes are equal or 1.
struct Problem {
  Dims x_batch;
  Dims y_batch;
  Dims batch;
  std::int64_t m;
  std::int64_t k;
  std::int64_t n;
  bool transpose_x;
  bool transpose_y;
};

std::int64_t product_of(const Dims& dims) {
  std::int64_t product = 1;
  for (std::int64_t dim : dims) product *= dim;
  return product;
}

Problem problem_of(const KernelRequest& request) {
  const Shape& x = request.inputs[0].shape;
  const Shape& y = request.inputs[1].shape;
  const Shape& out = request.outputs[0].shape;
  const bool tx = request.attributes.flag("transpose_x");
  const std::size_t rank = static_cast<std::size_t>(out.rank()) - 2;
  Problem problem{batch_dims(x, rank),
                  batch_dims(y, rank),
                  batch_dims(out, rank),
                  out[-2],
                  x[tx ? -2 : -1],
                  out[-1],
                  tx,
                  request.attributes.flag("transpose_y")};
  if (product_of(problem.y_batch) == 1 && !tx) {
    // Many rows times one matrix is one product.
    problem.m *= product_of(problem.batch);
    problem.x_batch = problem.y_batch = problem.batch = {};
  } else if (problem.x_batch == problem.y_batch) {
    // One batch axis says it all, and fewer axes find the faster implementations.
    const std::int64_t count = product_of(problem.batch);
    problem.x_batch = problem.y_batch = problem.batch = count == 1 ? Dims{} : Dims{count};
  }
  return problem;
}

// Row-major memory of (batch..., rows, columns), or of its last two axes swapped.
dnnl::memory::desc matrix(const Dims& batch, std::int64_t rows, std::int64_t columns, bool transposed,
                          DType dtype = DType::kFloat32) {
  Dims dims = batch;
  dims.insert(dims.end(), {rows, columns});
  Dims strides(dims.size());
  std::int64_t step = rows * columns;
  strides[dims.size() - 1] = transposed ? rows : 1;
  strides[dims.size() - 2] = transposed ? 1 : columns;
  for (std::size_t i = batch.size(); i-- > 0;) {
    strides[i] = step;
    step *= batch[i];
  }
  return strided(dims, strides, dtype);
}

// Of results that are too small to give each thread a part, oneDNN shares out the sums.
bool may_share_sums(const Problem& problem) {
  constexpr std::int64_t kBlock = 64;
  const std::int64_t blocks =
      product_of(problem.batch) * ((problem.m + kBlock - 1) / kBlock) * ((problem.n + kBlock - 1) / kBlock);
  return blocks < 4 * num_threads();
}

std::unique_ptr<Kernel> make_matmul(const KernelRequest& request) {
  const bool is_float32 = is_served(request);
  if (!is_float32 && !is_served_in_bfloat16(request)) return nullptr;
  const Problem problem = problem_of(request);
  const Epilogue epilogue = epilogue_of(request);
  if (is_float32 && problem.batch.empty() && !problem.transpose_y) {
    if (auto kernel = make_small_matmul(problem.m, problem.k, problem.n, problem.transpose_x, epilogue)) return kernel;
  }
  const auto x = matrix(problem.x_batch, problem.m, problem.k, problem.transpose_x, request.inputs[0].dtype);
  const auto y = matrix(problem.y_batch, problem.k, problem.n, problem.transpose_y, request.inputs[1].dtype);
  const auto out = matrix(problem.batch, problem.m, problem.n, false, request.outputs[0].dtype);

  const auto make = [&]() -> std::unique_ptr<Kernel> {
    dnnl::primitive_attr attributes = user_scratchpad();
    std::vector<Operand> operands;
    if (!append_epilogue(epilogue, out, attributes, operands)) return nullptr;
    // Packing pays off only where it happens once: a changing matrix would be packed for every product.
    const auto weights = has_constant_weights(request) ? any_layout(y.get_dims(), request.inputs[1].dtype) : y;
    dnnl::memory::desc bias;
    if (epilogue.has_bias) {
      bias = matrix(Dims(problem.batch.size(), 1), 1, problem.n, false);
      operands.push_back({DNNL_ARG_BIAS, bias, input(epilogue.bias_input())});
    }
    const dnnl::matmul::primitive_desc desc(cpu_engine(), x, weights, bias, out, attributes);
    operands.push_back({DNNL_ARG_SRC, x, input(0)});
    operands.push_back({DNNL_ARG_WEIGHTS, desc.weights_desc(), input(1)});
    operands.push_back({DNNL_ARG_DST, out, output(0)});
    auto kernel = std::make_unique<PrimitiveKernel>();
    if (desc.weights_desc() != y) kernel->pack_input(1, y, desc.weights_desc());
    kernel->add(desc, dnnl::matmul(desc), std::move(operands));
    return kernel;
  };
  return rewording_errors(request,
                          [&] { return made_for_one_thread_if(is_deterministic() && may_share_sums(problem), make); });
}

[[maybe_unused]] const bool kMatmul = register_kernel("matmul", Backend::kCpu, make_matmul);
[[maybe_unused]] const bool kFusedMatmul = register_kernel("fused_matmul", Backend::kCpu, make_matmul);

}  // namespace
}  // namespace cornu::onednn
