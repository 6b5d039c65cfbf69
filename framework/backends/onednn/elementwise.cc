// Elementwise operations on the CPU: one alone is a chain of one step (vector/block_program.h).

#include <memory>
#include <numeric>
#include <vector>

#include "framework/backends/onednn/vector/block_kernels.h"
#include "framework/backends/onednn/vector/block_program.h"
#include "framework/elementwise_program.h"
#include "framework/kernel.h"

namespace cornu {
namespace {

std::unique_ptr<Kernel> compile_fused(const KernelRequest& request) {
  return vector::BlockProgram::compile(request.attributes.elementwise("program"), request.inputs, request.outputs);
}

std::unique_ptr<Kernel> compile_single(const KernelRequest& request) {
  const int num_inputs = static_cast<int>(request.inputs.size());
  std::vector<int> operands(request.inputs.size());
  std::iota(operands.begin(), operands.end(), 0);
  const ElementwiseProgram program{{{request.operation, std::move(operands), request.outputs[0].dtype}}, {num_inputs}};
  return vector::BlockProgram::compile(program, request.inputs, request.outputs);
}

const bool kRegistered = [] {
  // The names are the same for every instruction set.
  const vector::BlockTable& table = vector::baseline::kTable;
  for (int i = 0; i < table.num_kernels; ++i) register_kernel(table.kernels[i].name, Backend::kCpu, compile_single);
  register_kernel("cast", Backend::kCpu, compile_single);
  return register_kernel("fused_elementwise", Backend::kCpu, compile_fused);
}();

}  // namespace
}  // namespace cornu
