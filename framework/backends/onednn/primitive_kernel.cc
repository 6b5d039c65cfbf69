#include "framework/backends/onednn/primitive_kernel.h"

#include <algorithm>
#include <cstring>

#include "framework/backends/onednn/engine.h"
#include "framework/error.h"

namespace cornu::onednn {
namespace {

constexpr float kZero = 0;

std::size_t rounded_up(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

void check(dnnl_status_t status, const char* what) {
  if (status != dnnl_success) {
    throw Error(std::string("oneDNN could not ") + what + "; this is most likely a lack of memory. [status " +
                std::to_string(static_cast<int>(status)) + "]");
  }
}

}  // namespace

// Memory objects for the operands of a step, in order, and the addresses they are bound to.
struct PrimitiveKernel::BoundStep {
  std::vector<dnnl::memory> memories;
  std::vector<dnnl_exec_arg_t> arguments;
  std::vector<void*> addresses;
};
struct PrimitiveKernel::Binding {
  std::vector<BoundStep> steps;
};

PrimitiveKernel::PrimitiveKernel() = default;
PrimitiveKernel::~PrimitiveKernel() = default;

Place PrimitiveKernel::reserve(const dnnl::memory::desc& desc) {
  const std::size_t offset = reserved_;
  reserved_ += rounded_up(desc.get_size());
  return {Place::Kind::kScratch, offset};
}

void PrimitiveKernel::add(const dnnl::primitive_desc_base& primitive_desc, const dnnl::primitive& primitive,
                          std::vector<Operand> operands) {
  const dnnl::memory::desc scratchpad = primitive_desc.query_md(dnnl::query::scratchpad_md);
  if (scratchpad && scratchpad.get_size() > 0) {
    // The scratchpad lies behind what is reserved, which may still grow: its offset is settled in `run`.
    operands.push_back({DNNL_ARG_SCRATCHPAD, scratchpad, {Place::Kind::kScratch, SIZE_MAX}});
    scratchpad_ = std::max(scratchpad_, scratchpad.get_size());
  }
  steps_.push_back({primitive, std::move(operands)});
}

void PrimitiveKernel::add_reorder(const dnnl::memory::desc& from, Place source, const dnnl::memory::desc& to,
                                  Place target) {
  const dnnl::reorder::primitive_desc desc(cpu_engine(), from, cpu_engine(), to, user_scratchpad());
  add(desc, dnnl::reorder(desc), {{DNNL_ARG_FROM, from, source}, {DNNL_ARG_TO, to, target}});
}

void PrimitiveKernel::pack_input(std::size_t number, const dnnl::memory::desc& plain,
                                 const dnnl::memory::desc& packed) {
  packings_.push_back({number, plain, packed});
}

std::unique_ptr<PrimitiveKernel::Binding> PrimitiveKernel::new_binding() const {
  auto binding = std::make_unique<Binding>();
  for (const Step& step : steps_) {
    BoundStep& bound = binding->steps.emplace_back();
    bound.addresses.resize(step.operands.size());
    for (const Operand& operand : step.operands) {
      bound.memories.emplace_back(operand.desc, cpu_engine(), nullptr);
      bound.arguments.push_back({operand.argument, bound.memories.back().get()});
    }
  }
  return binding;
}

void* PrimitiveKernel::address_of(const Place& place, const KernelArguments& arguments) const {
  switch (place.kind) {
    case Place::Kind::kInput: return const_cast<void*>(arguments.inputs[place.position]);
    case Place::Kind::kOutput: return arguments.outputs[place.position];
    case Place::Kind::kZero: return const_cast<float*>(&kZero);
    case Place::Kind::kScratch:
      return static_cast<std::byte*>(arguments.scratch) + (place.position == SIZE_MAX ? reserved_ : place.position);
  }
  return nullptr;
}

void PrimitiveKernel::run(const KernelArguments& arguments) const {
  if (overwritten_ && arguments.inputs[overwritten_->input] != arguments.outputs[0])
    std::memcpy(arguments.outputs[0], arguments.inputs[overwritten_->input], overwritten_->bytes);
  std::unique_ptr<Binding> binding = bindings_.take();
  if (!binding) binding = new_binding();
  const dnnl_stream_t stream = thread_stream().get();
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    const std::vector<Operand>& operands = steps_[s].operands;
    BoundStep& bound = binding->steps[s];
    for (std::size_t i = 0; i < operands.size(); ++i) {
      // Programs mostly bind the same memory again.
      void* const address = address_of(operands[i].place, arguments);
      if (bound.addresses[i] == address) continue;
      check(dnnl_memory_set_data_handle(bound.arguments[i].memory, address), "bind memory");
      bound.addresses[i] = address;
    }
    check(dnnl_primitive_execute(steps_[s].primitive.get(), stream, static_cast<int>(operands.size()),
                                 bound.arguments.data()),
          "run a primitive");
  }
  bindings_.give_back(std::move(binding));
}

std::string PrimitiveKernel::implementation() const {
  std::string names = "oneDNN";
  for (const Step& step : steps_) {
    const_dnnl_primitive_desc_t desc = nullptr;
    const char* name = "?";
    if (dnnl_primitive_get_primitive_desc(step.primitive.get(), &desc) == dnnl_success)
      dnnl_primitive_desc_query(desc, dnnl_query_impl_info_str, 0, static_cast<void*>(&name));
    names += (&step == steps_.data() ? " " : " + ") + std::string(name);
  }
  return names;
}

std::shared_ptr<const Layout> PrimitiveKernel::input_layout(std::size_t number) const {
  for (const Packing& packing : packings_) {
    if (packing.input == number) return std::make_shared<ChosenLayout>(packing.plain, packing.packed);
  }
  return nullptr;
}

std::unique_ptr<Kernel> PrimitiveKernel::packer(std::size_t number) const {
  for (const Packing& packing : packings_) {
    if (packing.input != number) continue;
    auto kernel = std::make_unique<PrimitiveKernel>();
    kernel->add_reorder(packing.plain, input(0), packing.packed, output(0));
    return kernel;
  }
  return nullptr;
}

}  // namespace cornu::onednn
