#include "framework/executor/host_kernel.h"

#include "framework/device.h"
#include "framework/queue.h"

namespace cornu {
namespace {

std::size_t bytes_of(const TensorSpec& spec) {
  return static_cast<std::size_t>(spec.shape.num_elements()) * size_of(spec.dtype);
}

std::size_t aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

std::unique_ptr<Kernel> kernel_of_the_cpu(const KernelRequest& request) {
  // Branches of a cond are programs of their own.
  const DeviceScope scope("cpu");
  return compile_kernel(request);
}

}  // namespace

struct HostKernel::Staging {
  Storage memory;
  Storage scratch;
  std::vector<const void*> inputs;
  std::vector<void*> outputs;
  std::vector<Storage> packed;
};

HostKernel::HostKernel(const KernelRequest& request) : kernel_(kernel_of_the_cpu(request)) {
  for (const TensorSpec& input : request.inputs) {
    input_bytes_.push_back(bytes_of(input));
    bytes_in_ += input_bytes_.back();
  }
  for (const TensorSpec& output : request.outputs) {
    output_bytes_.push_back(bytes_of(output));
    bytes_out_ += output_bytes_.back();
  }
}

HostKernel::Staging& HostKernel::staging(Queue& queue) const {
  if (staging_) return *staging_;
  auto made = std::make_shared<Staging>();
  std::size_t bytes = 0;
  for (const auto* sizes : {&input_bytes_, &output_bytes_}) {
    for (const std::size_t size : *sizes) bytes += aligned(size);
  }
  made->memory = queue.allocate_on_host(bytes);
  made->scratch = allocate_storage(kernel_->scratch_bytes());
  auto* next = static_cast<std::byte*>(made->memory.get());
  for (const std::size_t size : input_bytes_) {
    made->inputs.push_back(next);
    next += aligned(size);
  }
  for (const std::size_t size : output_bytes_) {
    made->outputs.push_back(next);
    next += aligned(size);
  }
  for (std::size_t i = 0; i < input_bytes_.size(); ++i) {
    const auto layout = kernel_->input_layout(i);
    made->packed.push_back(layout ? allocate_storage(layout->num_bytes()) : nullptr);
  }
  staging_ = std::move(made);
  return *staging_;
}

void HostKernel::run(const KernelArguments& arguments) const {
  Queue& queue = *arguments.queue;
  Staging& host = staging(queue);
  for (std::size_t i = 0; i < input_bytes_.size(); ++i)
    queue.copy(const_cast<void*>(host.inputs[i]), arguments.inputs[i], input_bytes_[i]);
  queue.call([kernel = kernel_.get(), staging = staging_] {
    std::vector<const void*> inputs = staging->inputs;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!staging->packed[i]) continue;
      const auto packer = kernel->packer(i);
      const Storage scratch = allocate_storage(packer->scratch_bytes());
      void* target = staging->packed[i].get();
      packer->run({&inputs[i], &target, scratch.get()});
      inputs[i] = target;
    }
    kernel->run({inputs.data(), staging->outputs.data(), staging->scratch.get()});
  });
  for (std::size_t i = 0; i < output_bytes_.size(); ++i)
    queue.copy(arguments.outputs[i], host.outputs[i], output_bytes_[i]);
}

}  // namespace cornu
