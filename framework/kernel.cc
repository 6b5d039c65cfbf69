#include "framework/kernel.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <unordered_map>

#include "framework/error.h"
#include "framework/float32_precision.h"
#include "framework/operation.h"

namespace cornu {
namespace {

struct KernelEntry {
  Backend backend;
  KernelFactory factory;
};

std::map<std::string, std::vector<KernelEntry>>& kernel_table() {
  static std::map<std::string, std::vector<KernelEntry>> table;
  return table;
}

bool is_low_precision(DType dtype) { return dtype == DType::kFloat16 || dtype == DType::kBFloat16; }

DType computed_dtype(DType dtype) { return is_low_precision(dtype) ? DType::kFloat32 : dtype; }

void to_float(const TensorSpec& spec, const void* source, float* target) {
  const std::int64_t count = spec.shape.num_elements();
  if (spec.dtype == DType::kFloat16) {
    for (std::int64_t i = 0; i < count; ++i) target[i] = static_cast<float>(static_cast<const Half*>(source)[i]);
  } else {
    for (std::int64_t i = 0; i < count; ++i) target[i] = static_cast<float>(static_cast<const BFloat16*>(source)[i]);
  }
}

void from_float(const TensorSpec& spec, const float* source, void* target) {
  const std::int64_t count = spec.shape.num_elements();
  if (spec.dtype == DType::kFloat16) {
    for (std::int64_t i = 0; i < count; ++i) static_cast<Half*>(target)[i] = Half(source[i]);
  } else {
    for (std::int64_t i = 0; i < count; ++i) static_cast<BFloat16*>(target)[i] = BFloat16(source[i]);
  }
}

// Runs a float32 kernel on float16 or bfloat16 operands: widens the inputs, packs those that the kernel wants packed,
// rounds the outputs.
class WideningKernel final : public Kernel {
 public:
  WideningKernel(const KernelRequest& request, std::unique_ptr<Kernel> wide)
      : inputs_(request.inputs.begin(), request.inputs.end()),
        outputs_(request.outputs.begin(), request.outputs.end()),
        wide_(std::move(wide)) {
    for (const auto* specs : {&inputs_, &outputs_}) {
      for (const TensorSpec& spec : *specs) {
        offsets_.push_back(scratch_);
        if (is_low_precision(spec.dtype))
          scratch_ += rounded_up(static_cast<std::size_t>(spec.shape.num_elements()) * sizeof(float));
      }
    }
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const auto layout = wide_->input_layout(i);
      if (!layout) continue;
      packings_.push_back({i, wide_->packer(i), scratch_});
      scratch_ += rounded_up(layout->num_bytes());
      inner_scratch_ = std::max(inner_scratch_, packings_.back().packer->scratch_bytes());
    }
    inner_scratch_ = std::max(inner_scratch_, wide_->scratch_bytes());
  }

  std::size_t scratch_bytes() const override { return scratch_ + inner_scratch_; }
  std::string implementation() const override { return wide_->implementation(); }

  void run(const KernelArguments& arguments) const override {
    auto* scratch = static_cast<std::byte*>(arguments.scratch);
    std::vector<const void*> inputs(inputs_.size());
    std::vector<void*> outputs(outputs_.size());
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      inputs[i] = arguments.inputs[i];
      if (!is_low_precision(inputs_[i].dtype)) continue;
      auto* wide = reinterpret_cast<float*>(scratch + offsets_[i]);
      to_float(inputs_[i], arguments.inputs[i], wide);
      inputs[i] = wide;
    }
    for (const Packing& packing : packings_) {
      void* packed = scratch + packing.offset;
      packing.packer->run({&inputs[packing.input], &packed, scratch + scratch_});
      inputs[packing.input] = packed;
    }
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      const bool low = is_low_precision(outputs_[i].dtype);
      outputs[i] = low ? scratch + offsets_[inputs_.size() + i] : arguments.outputs[i];
    }
    wide_->run({inputs.data(), outputs.data(), scratch + scratch_});
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      if (is_low_precision(outputs_[i].dtype)) {
        from_float(outputs_[i], static_cast<const float*>(outputs[i]), arguments.outputs[i]);
      }
    }
  }

 private:
  struct Packing {
    std::size_t input;
    std::unique_ptr<Kernel> packer;
    std::size_t offset;
  };

  static std::size_t rounded_up(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

  TensorSpecs inputs_;
  TensorSpecs outputs_;
  std::unique_ptr<Kernel> wide_;
  std::vector<std::size_t> offsets_;
  std::vector<Packing> packings_;
  std::size_t scratch_ = 0;
  std::size_t inner_scratch_ = 0;  // for the packers and the kernel, one after the other
};

TensorSpecs widened(std::span<const TensorSpec> specs) {
  TensorSpecs wide(specs.begin(), specs.end());
  for (TensorSpec& spec : wide) spec.dtype = computed_dtype(spec.dtype);
  return wide;
}

std::unique_ptr<Kernel> try_compile(const KernelRequest& request) {
  const auto it = kernel_table().find(request.operation);
  if (it == kernel_table().end()) return nullptr;
  for (const KernelEntry& entry : it->second) {
    if (auto kernel = entry.factory(request)) return kernel;
  }
  return nullptr;
}

std::string signature_of(const KernelRequest& request) {
  std::string text = request.operation + "(";
  for (const TensorSpec& input : request.inputs) text += (text.back() == '(' ? "" : ", ") + input.to_string();
  return text + ") " + request.attributes.to_string();
}

}  // namespace

bool register_kernel(std::string operation, Backend backend, KernelFactory factory) {
  auto& entries = kernel_table()[std::move(operation)];
  entries.push_back({backend, std::move(factory)});
  std::stable_sort(entries.begin(), entries.end(),
                   [](const KernelEntry& a, const KernelEntry& b) { return a.backend > b.backend; });
  return true;
}

std::unique_ptr<Kernel> compile_kernel(const KernelRequest& request) {
  if (auto kernel = try_compile(request)) return kernel;
  const TensorSpecs inputs = widened(request.inputs);
  const TensorSpecs outputs = widened(request.outputs);
  if (!std::equal(inputs.begin(), inputs.end(), request.inputs.begin()) ||
      !std::equal(outputs.begin(), outputs.end(), request.outputs.begin())) {
    // What is widened anew for each run is not worth packing.
    Attributes attributes = request.attributes;
    if (attributes.contains("constant_weights")) attributes.set("constant_weights", false);
    if (auto wide = try_compile({request.operation, attributes, inputs, outputs})) {
      return std::make_unique<WideningKernel>(request, std::move(wide));
    }
  }
  throw Unsupported("operation '" + request.operation + "' has no CPU kernel for " + signature_of(request) +
                        ". Cast the inputs to float32, or report this combination.",
                    {}, request.operation);
}

std::unique_ptr<Kernel> compile_kernel_of(Backend backend, const KernelRequest& request) {
  for (const KernelEntry& entry : kernel_table()[request.operation]) {
    if (entry.backend != backend) continue;
    if (auto kernel = entry.factory(request)) return kernel;
  }
  return nullptr;
}

bool has_kernel(const std::string& operation) { return kernel_table().contains(operation); }

Tensors run_eagerly(const std::string& operation, const Attributes& attributes, const Tensors& inputs,
                    std::span<const TensorSpec> outputs) {
  // Enough for the shapes of a program; a program that meets ever new shapes starts over instead of growing.
  constexpr std::size_t kMaxCached = 1024;
  thread_local std::unordered_map<std::string, std::shared_ptr<Kernel>> cache;

  TensorSpecs specs;
  for (const Tensor& input : inputs) specs.push_back(input.spec());
  const KernelRequest request{operation, attributes, specs, outputs};
  std::string key = signature_of(request);
  for (const TensorSpec& output : outputs) key += output.to_string();
  key += float32_precision();
  auto found = cache.find(key);
  if (found == cache.end()) {
    if (cache.size() >= kMaxCached) cache.clear();
    found = cache.emplace(std::move(key), compile_kernel(request)).first;
  }
  const std::shared_ptr<Kernel> kernel = found->second;

  std::vector<Storage> packed;
  std::vector<const void*> sources;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    sources.push_back(inputs[i].raw());
    const auto layout = kernel->input_layout(i);
    if (!layout) continue;
    packed.push_back(allocate_storage(layout->num_bytes()));
    const auto packer = kernel->packer(i);
    const Storage scratch = allocate_storage(packer->scratch_bytes());
    const void* source = inputs[i].raw();
    void* target = packed.back().get();
    packer->run({&source, &target, scratch.get()});
    sources.back() = target;
  }
  Tensors results;
  std::vector<void*> targets;
  for (const TensorSpec& output : outputs) {
    results.push_back(Tensor::empty(output.shape, output.dtype));
    targets.push_back(results.back().raw());
  }
  const Storage scratch = kernel->scratch_bytes() > 0 ? allocate_storage(kernel->scratch_bytes()) : nullptr;
  kernel->run({sources.data(), targets.data(), scratch.get()});
  return results;
}

}  // namespace cornu
