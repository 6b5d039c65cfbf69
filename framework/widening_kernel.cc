#include "framework/widening_kernel.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace cornu {
namespace {

bool is_low_precision(DType dtype) { return dtype == DType::kFloat16 || dtype == DType::kBFloat16; }

std::unique_ptr<Kernel> make_cast(const TensorSpec& from, const TensorSpec& to) {
  return compile_kernel({"cast", Attributes{{"dtype", to.dtype}}, {&from, 1}, {&to, 1}});
}

class WideningKernel final : public Kernel {
 public:
  WideningKernel(const KernelRequest& request, std::unique_ptr<Kernel> wide) : wide_(std::move(wide)) {
    inner_scratch_ = wide_->scratch_bytes();
    pointers_ = reserve((request.inputs.size() + request.outputs.size()) * sizeof(void*));
    for (std::size_t i = 0; i < request.inputs.size(); ++i) {
      inputs_.push_back(operand_of(request.inputs[i], true));
      const auto layout = wide_->input_layout(i);
      if (!layout) continue;
      inputs_.back().packer = own(wide_->packer(i));
      inputs_.back().packed = reserve(layout->num_bytes());
    }
    for (const TensorSpec& spec : request.outputs) outputs_.push_back(operand_of(spec, false));
  }

  std::size_t scratch_bytes() const override { return scratch_ + inner_scratch_; }
  std::string implementation() const override { return wide_->implementation(); }

  void run(const KernelArguments& arguments) const override {
    auto* scratch = static_cast<std::byte*>(arguments.scratch);
    auto** pointers = reinterpret_cast<void**>(scratch + pointers_);
    void* inner = scratch + scratch_;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const Operand& operand = inputs_[i];
      const void* source = arguments.inputs[i];
      if (operand.cast) source = converted(*operand.cast, source, scratch + operand.wide, inner);
      if (operand.packer) source = converted(*operand.packer, source, scratch + operand.packed, inner);
      pointers[i] = const_cast<void*>(source);
    }
    void** results = pointers + inputs_.size();
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      results[i] = outputs_[i].cast ? scratch + outputs_[i].wide : arguments.outputs[i];
    }
    wide_->run({pointers, results, inner});
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      if (outputs_[i].cast) converted(*outputs_[i].cast, results[i], arguments.outputs[i], inner);
    }
  }

 private:
  // An input or output: what converts it, and where in the scratch memory the results lie.
  struct Operand {
    std::unique_ptr<Kernel> cast;
    std::size_t wide = 0;
    std::unique_ptr<Kernel> packer;
    std::size_t packed = 0;
  };

  static const void* converted(const Kernel& kernel, const void* source, void* target, void* scratch) {
    kernel.run({&source, &target, scratch});
    return target;
  }

  std::size_t reserve(std::size_t bytes) {
    const std::size_t offset = scratch_;
    scratch_ += (bytes + 63) / 64 * 64;
    return offset;
  }

  std::unique_ptr<Kernel> own(std::unique_ptr<Kernel> kernel) {
    inner_scratch_ = std::max(inner_scratch_, kernel->scratch_bytes());
    return kernel;
  }

  Operand operand_of(const TensorSpec& spec, bool is_input) {
    Operand operand;
    if (!is_low_precision(spec.dtype)) return operand;
    const TensorSpec wide = widened({&spec, 1})[0];
    operand.cast = own(is_input ? make_cast(spec, wide) : make_cast(wide, spec));
    operand.wide = reserve(static_cast<std::size_t>(spec.shape.num_elements()) * sizeof(float));
    return operand;
  }

  std::unique_ptr<Kernel> wide_;
  std::vector<Operand> inputs_;
  std::vector<Operand> outputs_;
  std::size_t scratch_ = 0;
  std::size_t inner_scratch_ = 0;  // for one kernel after the other
  std::size_t pointers_ = 0;
};

}  // namespace

TensorSpecs widened(std::span<const TensorSpec> specs) {
  TensorSpecs wide(specs.begin(), specs.end());
  for (TensorSpec& spec : wide) {
    if (is_low_precision(spec.dtype)) spec.dtype = DType::kFloat32;
  }
  return wide;
}

std::unique_ptr<Kernel> make_widening_kernel(const KernelRequest& request, std::unique_ptr<Kernel> wide) {
  return std::make_unique<WideningKernel>(request, std::move(wide));
}

}  // namespace cornu
