#include <algorithm>
#include <cstring>

#include "framework/executor/program.h"
#include "framework/graph/subgraph.h"
#include "framework/kernel.h"

namespace cornu {
namespace {

std::shared_ptr<const Program> compiled(const Subgraph& function, std::span<const TensorSpec> specs) {
  return Program::compile(function.graph, function.inputs, TensorSpecs(specs.begin(), specs.end()), function.outputs);
}

std::size_t bytes_of(const TensorSpec& spec) {
  return static_cast<std::size_t>(spec.shape.num_elements()) * size_of(spec.dtype);
}

// Runs the program of the branch that the first input chooses.
class CondKernel final : public Kernel {
 public:
  explicit CondKernel(const KernelRequest& request)
      : num_inputs_(request.inputs.size() - 1),
        num_outputs_(request.outputs.size()),
        then_(compiled(request.attributes.subgraph("then"), request.inputs.subspan(1))),
        else_(compiled(request.attributes.subgraph("else"), request.inputs.subspan(1))) {}

  void run(const KernelArguments& arguments) const override {
    const bool holds = *static_cast<const bool*>(arguments.inputs[0]);
    (holds ? then_ : else_)->run({arguments.inputs + 1, num_inputs_}, {arguments.outputs, num_outputs_});
  }

 private:
  std::size_t num_inputs_;
  std::size_t num_outputs_;
  std::shared_ptr<const Program> then_;
  std::shared_ptr<const Program> else_;
};

// Loop variables live in the outputs; a pass of the body computes the next ones in scratch.
class WhileLoopKernel final : public Kernel {
 public:
  explicit WhileLoopKernel(const KernelRequest& request)
      : inputs_(request.inputs.begin(), request.inputs.end()),
        num_variables_(static_cast<std::size_t>(request.attributes.integer("num_variables"))),
        maximum_iterations_(request.attributes.integer("maximum_iterations")),
        condition_(compiled(request.attributes.subgraph("condition"), request.inputs)),
        body_(compiled(request.attributes.subgraph("body"), request.inputs)) {
    for (std::size_t i = 0; i < num_variables_; ++i) {
      offsets_.push_back(scratch_);
      scratch_ += (bytes_of(inputs_[i]) + 63) / 64 * 64;
    }
    pointers_ = scratch_;
    scratch_ += (inputs_.size() + num_variables_) * sizeof(void*);
  }

  std::size_t scratch_bytes() const override { return scratch_; }

  void run(const KernelArguments& arguments) const override {
    auto* scratch = static_cast<std::byte*>(arguments.scratch);
    auto** current = reinterpret_cast<const void**>(scratch + pointers_);
    auto** next = reinterpret_cast<void**>(scratch + pointers_) + inputs_.size();
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      current[i] = i < num_variables_ ? arguments.outputs[i] : arguments.inputs[i];
      if (i >= num_variables_) continue;
      std::memcpy(arguments.outputs[i], arguments.inputs[i], bytes_of(inputs_[i]));
      next[i] = scratch + offsets_[i];
    }
    for (std::int64_t iteration = 0; iteration < maximum_iterations_; ++iteration) {
      bool goes_on = false;
      void* answer = &goes_on;
      condition_->run({current, inputs_.size()}, {&answer, 1});
      if (!goes_on) break;
      body_->run({current, inputs_.size()}, {next, num_variables_});
      for (std::size_t i = 0; i < num_variables_; ++i) std::memcpy(arguments.outputs[i], next[i], bytes_of(inputs_[i]));
    }
  }

 private:
  TensorSpecs inputs_;
  std::size_t num_variables_;
  std::int64_t maximum_iterations_;
  std::shared_ptr<const Program> condition_;
  std::shared_ptr<const Program> body_;
  std::vector<std::size_t> offsets_;
  std::size_t pointers_ = 0;
  std::size_t scratch_ = 0;
};

const bool kRegistered =
    register_kernel("cond", Backend::kReference,
                    [](const KernelRequest& request) -> std::unique_ptr<Kernel> {
                      return std::make_unique<CondKernel>(request);
                    }) &&
    register_kernel("while_loop", Backend::kReference, [](const KernelRequest& request) -> std::unique_ptr<Kernel> {
      return std::make_unique<WhileLoopKernel>(request);
    });

}  // namespace
}  // namespace cornu
