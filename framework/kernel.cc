#include "framework/kernel.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <unordered_map>

#include "framework/error.h"
#include "framework/numerics.h"
#include "framework/operation.h"
#include "framework/widening_kernel.h"

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

std::unique_ptr<Kernel> try_compile(const KernelRequest& request) {
  const auto it = kernel_table().find(request.operation);
  if (it == kernel_table().end()) return nullptr;
  for (const KernelEntry& entry : it->second) {
    if (entry.backend == Backend::kCuda) continue;
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
      return make_widening_kernel(request, std::move(wide));
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

bool has_kernel(const std::string& operation) {
  const auto it = kernel_table().find(operation);
  return it != kernel_table().end() && std::any_of(it->second.begin(), it->second.end(),
                                                   [](const KernelEntry& e) { return e.backend != Backend::kCuda; });
}

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
  const NumericSettings settings = numeric_settings();
  key += settings.exact ? 'e' : 'f';
  key += settings.deterministic ? 'd' : 'n';
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
