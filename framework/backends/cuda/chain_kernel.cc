#include "framework/backends/cuda/chain_element.h"
#include "framework/backends/cuda/chain_source.h"
#include "framework/backends/cuda/launch.h"

namespace cornu::cuda {
namespace {

// One kernel for the whole chain. Equal chains have one text, and so are compiled once.
std::unique_ptr<Kernel> chain_kernel(const ElementwiseProgram& program, const KernelRequest& request) {
  const auto source = chain_source(program, request.inputs, request.outputs, "elementwise_chain");
  if (!source) return nullptr;
  Launch launch{"elementwise_chain",
                source->text,
                blocks_for(request.outputs[0].shape.num_elements() / source->elements_per_thread),
                kThreads,
                {}};
  std::vector<std::pair<std::size_t, std::size_t>> shares;
  for (std::size_t i = 0; i < request.inputs.size(); ++i) {
    launch.operands.push_back(Launch::input(i));
    for (std::size_t o = 0; o < request.outputs.size(); ++o) {
      if (request.inputs[i].shape == request.outputs[o].shape &&
          size_of(request.inputs[i].dtype) == size_of(request.outputs[o].dtype))
        shares.emplace_back(i, o);
    }
  }
  for (std::size_t o = 0; o < request.outputs.size(); ++o) launch.operands.push_back(Launch::output(o));
  return std::make_unique<LaunchKernel>(std::vector<Launch>{std::move(launch)}, 0, std::move(shares));
}

std::unique_ptr<Kernel> fused_kernel(const KernelRequest& request) {
  return chain_kernel(request.attributes.elementwise("program"), request);
}

// An operation by itself is a chain of one.
std::unique_ptr<Kernel> single_kernel(const KernelRequest& request) {
  ElementwiseProgram program;
  program.steps.push_back({request.operation, {}, request.outputs[0].dtype});
  for (std::size_t i = 0; i < request.inputs.size(); ++i) program.steps[0].operands.push_back(static_cast<int>(i));
  program.outputs.push_back(static_cast<int>(request.inputs.size()));
  return chain_kernel(program, request);
}

bool register_chains() {
  register_kernel("fused_elementwise", Backend::kCuda, fused_kernel);
  register_kernel("cast", Backend::kCuda, single_kernel);
  for (const char* operation : chain_operations()) register_kernel(operation, Backend::kCuda, single_kernel);
  return true;
}

const bool kRegistered = register_chains();

}  // namespace
}  // namespace cornu::cuda
