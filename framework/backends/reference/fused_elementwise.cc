// A fused chain, one step after another with the reference kernel of each: what the fast one must equal.

#include <string>
#include <utility>
#include <vector>

#include "framework/elementwise_program.h"
#include "framework/kernel.h"

namespace cornu {
namespace {

class FusedElementwiseKernel final : public Kernel {
 public:
  FusedElementwiseKernel(std::size_t num_inputs, std::size_t num_outputs)
      : num_inputs_(num_inputs), num_outputs_(num_outputs) {}

  // Adds a computation of the value with the next number; `kernel` reads the values with these numbers.
  void add_step(std::unique_ptr<Kernel> kernel, std::vector<int> operands, const TensorSpec& result) {
    steps_.push_back({std::move(kernel), std::move(operands), scratch_});
    scratch_ += (static_cast<std::size_t>(result.shape.num_elements()) * size_of(result.dtype) + 63) / 64 * 64;
  }

  // Adds a copy of a value into an output.
  void add_output(std::unique_ptr<Kernel> copy, int value) { outputs_.push_back({std::move(copy), {value}, 0}); }

  std::size_t scratch_bytes() const override { return scratch_; }

  void run(const KernelArguments& arguments) const override {
    for (const Step& step : steps_) {
      run_step(step, arguments, static_cast<std::byte*>(arguments.scratch) + step.offset);
    }
    for (std::size_t i = 0; i < num_outputs_; ++i) run_step(outputs_[i], arguments, arguments.outputs[i]);
  }

 private:
  struct Step {
    std::unique_ptr<Kernel> kernel;
    std::vector<int> operands;
    std::size_t offset;  // of the result in the scratch
  };

  void run_step(const Step& step, const KernelArguments& arguments, void* result) const {
    const void* operands[3] = {};
    for (std::size_t k = 0; k < step.operands.size(); ++k) {
      const auto value = static_cast<std::size_t>(step.operands[k]);
      operands[k] = value < num_inputs_
                        ? arguments.inputs[value]
                        : static_cast<const std::byte*>(arguments.scratch) + steps_[value - num_inputs_].offset;
    }
    step.kernel->run({operands, &result, nullptr});
  }

  std::size_t num_inputs_;
  std::size_t num_outputs_;
  std::vector<Step> steps_;
  std::vector<Step> outputs_;
  std::size_t scratch_ = 0;
};

std::unique_ptr<Kernel> compile_fused_elementwise(const KernelRequest& request) {
  const ElementwiseProgram& program = request.attributes.elementwise("program");
  const Shape& shape = request.outputs[0].shape;
  std::vector<TensorSpec> values(request.inputs.begin(), request.inputs.end());
  auto kernel = std::make_unique<FusedElementwiseKernel>(request.inputs.size(), request.outputs.size());

  const auto compile = [&](const std::string& operation, const std::vector<int>& operands, const TensorSpec& result) {
    std::vector<TensorSpec> inputs;
    inputs.reserve(operands.size());
    for (const int operand : operands) inputs.push_back(values[static_cast<std::size_t>(operand)]);
    const Attributes attributes;
    return compile_kernel_of(Backend::kReference, {operation, attributes, inputs, {&result, 1}});
  };
  for (const ElementwiseProgram::Step& step : program.steps) {
    const TensorSpec result{shape, step.dtype};
    auto compiled = compile(step.operation, step.operands, result);
    if (!compiled) return nullptr;
    kernel->add_step(std::move(compiled), step.operands, result);
    values.push_back(result);
  }
  for (std::size_t i = 0; i < program.outputs.size(); ++i) {
    kernel->add_output(compile("cast", {program.outputs[i]}, request.outputs[i]), program.outputs[i]);
  }
  return kernel;
}

const bool kRegistered = register_kernel("fused_elementwise", Backend::kReference, compile_fused_elementwise);

}  // namespace
}  // namespace cornu
