#pragma once

#include <memory>
#include <mutex>

#include "framework/kernel.h"

namespace cornu {

/// Computes on the host what a device has no kernel for: operands go there, results come back, each time it runs.
///
/// In the order of the queue, which does not wait. Programs list such steps, and say so when they are compiled.
class HostKernel final : public Kernel {
 public:
  /// **Throws** Unsupported where the CPU has no kernel either.
  explicit HostKernel(const KernelRequest& request);

  /// For operands in a device's memory; `arguments.queue` is its queue.
  void run(const KernelArguments& arguments) const override;
  std::string implementation() const override { return "host"; }

  /// What is copied from the device and to it, in bytes.
  std::size_t bytes_to_host() const { return bytes_in_; }
  std::size_t bytes_from_host() const { return bytes_out_; }

 private:
  // Memory of the host: operands, one after the other, and the kernel's scratch memory.
  struct Staging;
  Staging& staging(Queue& queue) const;

  std::unique_ptr<Kernel> kernel_;
  std::vector<std::size_t> input_bytes_;
  std::vector<std::size_t> output_bytes_;
  std::size_t bytes_in_ = 0;
  std::size_t bytes_out_ = 0;
  // Runs follow one another in the queue, so one serves all.
  mutable std::shared_ptr<Staging> staging_;
};

}  // namespace cornu
