#include "framework/backends/cuda/operation_launches.h"

#include <stdexcept>

namespace cornu::cuda {

ScratchLaunches operation_launches(const KernelRequest& request, const std::vector<Launch::Operand>& inputs,
                                   const std::vector<Launch::Operand>& outputs, std::size_t scratch_offset) {
  const std::unique_ptr<Kernel> kernel = compile_kernel_of(Backend::kCuda, request);
  const auto* own = dynamic_cast<const LaunchKernel*>(kernel.get());
  if (!own) throw std::logic_error("operation '" + request.operation + "' is not made of launches alone");
  ScratchLaunches result{own->launches(), own->scratch_bytes()};
  for (Launch& launch : result.launches) {
    for (Launch::Operand& operand : launch.operands) {
      switch (operand.kind) {
        case Launch::Operand::Kind::kInput: operand = inputs.at(operand.index); break;
        case Launch::Operand::Kind::kOutput: operand = outputs.at(operand.index); break;
        case Launch::Operand::Kind::kScratch: operand.index += scratch_offset; break;
      }
    }
  }
  return result;
}

}  // namespace cornu::cuda
