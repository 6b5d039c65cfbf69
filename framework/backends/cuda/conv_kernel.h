#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framework/backends/cuda/conv_plan.h"
#include "framework/backends/cuda/conv_problem.h"
#include "framework/backends/cuda/launch.h"
#include "framework/backends/cuda/operation_launches.h"
#include "framework/kernel.h"

namespace cornu::cuda {

/// A convolution or one of its gradients: cuDNN's work between launches of generated kernels. All but cuDNN's plan is
/// plain data, made without a card; the plan is found when it first runs on one.
class ConvKernel final : public LaunchingKernel {
 public:
  /// A kernel for a request: this one, or launches alone where channels have filters of their own or operands are
  /// empty. Null for dtypes and activations that it does not know.
  static std::unique_ptr<Kernel> make(const KernelRequest& request);

  void run(const KernelArguments& arguments) const override;
  std::size_t scratch_bytes() const override { return scratch_bytes_; }
  std::vector<const Launch*> all_launches() const override;
  std::string implementation() const override { return "cuDNN"; }

  /// What cuDNN is asked for: first that with all it can fuse, where there is such a form, then the mere convolution.
  const std::optional<ConvProblem>& fused() const { return fused_; }
  const ConvProblem& problem() const { return problem_; }
  const std::vector<Launch>& launches_before() const { return before_; }
  /// What follows the mere convolution.
  const std::vector<Launch>& epilogue() const { return epilogue_; }
  const std::vector<Launch>& launches_after() const { return after_; }

 private:
  /// Where the operands of the convolution lie.
  struct Operands {
    std::optional<Launch::Operand> x, kernel, y, bias, addend;
  };

  ConvKernel(const KernelRequest& request, const ConvProblem& problem);
  void add_padding();
  void add_kernel(const KernelRequest& request);
  void add_epilogue(const KernelRequest& request);
  void add_to(std::vector<Launch>& list, ScratchLaunches more);
  std::size_t take_scratch(std::size_t bytes);

  ConvProblem problem_;
  ConvProblem unaligned_;  // the same, for addresses that are multiples of an element only
  std::optional<ConvProblem> fused_;
  Operands operands_;
  std::vector<Launch> before_;
  std::vector<Launch> epilogue_;
  std::vector<Launch> after_;
  std::size_t scratch_bytes_ = 0;
};

}  // namespace cornu::cuda
