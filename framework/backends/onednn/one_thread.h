#pragma once

#include <memory>
#include <utility>

#include "framework/kernel.h"
#include "framework/num_threads.h"

namespace cornu::onednn {

/// Runs a kernel on the calling thread alone: one whose sums depend on how many share them.
class OneThreadKernel final : public Kernel {
 public:
  explicit OneThreadKernel(std::unique_ptr<Kernel> kernel) : kernel_(std::move(kernel)) {}

  void run(const KernelArguments& arguments) const override {
    const NumThreadsScope one(1);
    kernel_->run(arguments);
  }
  std::size_t scratch_bytes() const override { return kernel_->scratch_bytes(); }
  std::string implementation() const override { return kernel_->implementation(); }
  std::shared_ptr<const Layout> input_layout(std::size_t input) const override { return kernel_->input_layout(input); }
  std::unique_ptr<Kernel> packer(std::size_t input) const override { return kernel_->packer(input); }
  bool can_share(std::size_t input, std::size_t output) const override { return kernel_->can_share(input, output); }

 private:
  std::unique_ptr<Kernel> kernel_;
};

/// What `make` returns, made for one thread and run by one if `alone`.
template <typename Make> std::unique_ptr<Kernel> made_for_one_thread_if(bool alone, const Make& make) {
  if (!alone) return make();
  const NumThreadsScope one(1);
  std::unique_ptr<Kernel> kernel = make();
  return kernel ? std::make_unique<OneThreadKernel>(std::move(kernel)) : nullptr;
}

}  // namespace cornu::onednn
