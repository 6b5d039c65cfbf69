#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "framework/backends/cuda/card.h"
#include "framework/backends/cuda/conv_problem.h"
#include "framework/backends/cuda/cudnn_descriptor.h"
#include "framework/tensor.h"

namespace cornu::cuda {

/// How cuDNN computes a convolution.
struct ConvPlan {
  std::vector<CudnnDescriptor> parts;  ///< what it was made of, and at the end itself
  std::size_t workspace_bytes = 0;
  Storage workspace = nullptr;
};

/// The best plan of those that cuDNN's heuristics know and the problem accepts, without workspace; nothing where there
/// is none. Nothing is computed. **Throws** Error that names the convolution.
std::optional<ConvPlan> find_conv_plan(const Cudnn& cudnn, cudnnHandle_t handle, const ConvProblem& problem);

/// Where the operands of a convolution lie; null for what the problem has not.
struct ConvAddresses {
  void* x;
  void* kernel;
  void* y;
  void* bias;
  void* addend;

  bool are_aligned() const;
};

/// What a plan computes on, for cuDNN. `workspace` may be null where a plan needs none. **Throws** Error.
CudnnDescriptor conv_operands(const Cudnn& cudnn, const ConvProblem& problem, const ConvAddresses& addresses,
                              void* workspace);

/// The plans of a card: each is searched for once. They work in one workspace, because a card does one thing after
/// another; all functions want its lock.
class ConvPlans {
 public:
  /// Null where cuDNN cannot compute the problem. **Throws** Error that names it, OutOfMemory.
  const ConvPlan* find(Card& card, const ConvProblem& problem);

  std::size_t num_plans() const { return plans_.size(); }

 private:
  std::map<ConvProblem, std::optional<ConvPlan>> plans_;
  Storage workspace_;
  std::size_t workspace_bytes_ = 0;
};

/// Puts a convolution into the queue of a card. **Throws** Error that names it.
void run_conv_plan(Card& card, const ConvPlan& plan, const ConvProblem& problem, const ConvAddresses& addresses);

}  // namespace cornu::cuda
