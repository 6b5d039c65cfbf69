#include "framework/backends/cuda/conv_plan.h"

#include <algorithm>
#include <cstdint>

#include "framework/backends/cuda/conv_graph.h"
#include "framework/error.h"

namespace cornu::cuda {
namespace {

// More is taken only where cuDNN has nothing that needs less.
constexpr std::size_t kWorkspaceLimit = std::size_t{512} << 20;

template <typename Call> auto explained(const ConvProblem& problem, Call&& call) {
  try {
    return call();
  } catch (const Error& error) {
    throw Error(problem.to_string() + ": " + error.what());
  }
}

// An engine of cuDNN with its settings.
std::vector<CudnnDescriptor> configurations(const Cudnn& cudnn, const CudnnDescriptor& graph,
                                            cudnnBackendHeurMode_t mode) {
  CudnnDescriptor heuristics(cudnn, CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
  heuristics.set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph);
  heuristics.set(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, 1, &mode);
  if (!heuristics.try_finalise()) return {};
  return heuristics.parts(CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
}

bool is_accepted(const ConvProblem& problem, const CudnnDescriptor& configuration) {
  const auto notes = configuration.part(CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_BACKEND_ENGINE_DESCRIPTOR)
                         .numerical_notes(CUDNN_ATTR_ENGINE_NUMERICAL_NOTE);
  return std::all_of(notes.begin(), notes.end(),
                     [&](cudnnBackendNumericalNote_t note) { return problem.accepts(note); });
}

std::optional<ConvPlan> search(const Cudnn& cudnn, cudnnHandle_t handle, const ConvProblem& problem) {
  std::vector<CudnnDescriptor> parts = conv_graph(cudnn, handle, problem);
  if (parts.empty()) return std::nullopt;
  struct Candidate {
    CudnnDescriptor configuration;
    CudnnDescriptor plan;
    std::size_t workspace_bytes;
  };
  std::optional<Candidate> best;
  const auto is_good = [&] { return best && best->workspace_bytes <= kWorkspaceLimit; };
  // Mode A begins with what is probably fastest; the other has what works for all that cuDNN supports.
  for (const cudnnBackendHeurMode_t mode : {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK}) {
    if (is_good()) break;
    for (CudnnDescriptor& configuration : configurations(cudnn, parts.back(), mode)) {
      if (!is_accepted(problem, configuration)) continue;
      CudnnDescriptor plan(cudnn, CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
      plan.set(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, CUDNN_TYPE_HANDLE, 1, &handle);
      plan.set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, configuration);
      if (!plan.try_finalise()) continue;
      const auto bytes = static_cast<std::size_t>(plan.integer(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE));
      if (best && best->workspace_bytes <= bytes) continue;
      best = Candidate{std::move(configuration), std::move(plan), bytes};
      if (is_good()) break;
    }
  }
  if (!best) return std::nullopt;
  parts.push_back(std::move(best->configuration));
  parts.push_back(std::move(best->plan));
  return ConvPlan{std::move(parts), best->workspace_bytes, nullptr};
}

}  // namespace

std::optional<ConvPlan> find_conv_plan(const Cudnn& cudnn, cudnnHandle_t handle, const ConvProblem& problem) {
  return explained(problem, [&] { return search(cudnn, handle, problem); });
}

bool ConvAddresses::are_aligned() const {
  std::uintptr_t bits = 0;
  for (const void* address : {x, kernel, y, bias, addend}) bits |= reinterpret_cast<std::uintptr_t>(address);
  return bits % ConvProblem::kAlignment == 0;
}

const ConvPlan* ConvPlans::find(Card& card, const ConvProblem& problem) {
  auto known = plans_.find(problem);
  if (known == plans_.end()) {
    std::optional<ConvPlan> plan = find_conv_plan(card.libraries().cudnn, card.cudnn(), problem);
    if (plan && plan->workspace_bytes > 0) {
      if (plan->workspace_bytes > workspace_bytes_) {
        // At least twice as large as before: all that came before are together no larger than this one.
        const std::size_t bytes = std::max(plan->workspace_bytes, std::min(2 * workspace_bytes_, kWorkspaceLimit));
        workspace_ = card.allocate(bytes, "cuDNN's workspace");
        workspace_bytes_ = bytes;
      }
      // Plans keep the workspace that they were made with: it may be part of a recording.
      plan->workspace = workspace_;
    }
    known = plans_.emplace(problem, std::move(plan)).first;
  }
  return known->second ? &*known->second : nullptr;
}

CudnnDescriptor conv_operands(const Cudnn& cudnn, const ConvProblem& problem, const ConvAddresses& addresses,
                              void* workspace) {
  std::vector<std::int64_t> ids{kConvX, kConvKernel, kConvY};
  std::vector<void*> operands{addresses.x, addresses.kernel, addresses.y};
  if (problem.adds_bias) {
    ids.push_back(kConvBias);
    operands.push_back(addresses.bias);
  }
  if (problem.adds_addend) {
    ids.push_back(kConvAddend);
    operands.push_back(addresses.addend);
  }
  CudnnDescriptor pack(cudnn, CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  pack.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, ids);
  pack.set_addresses(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, operands);
  pack.set_addresses(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, {workspace});
  pack.finalise();
  return pack;
}

void run_conv_plan(Card& card, const ConvPlan& plan, const ConvProblem& problem, const ConvAddresses& addresses) {
  explained(problem, [&] {
    const Cudnn& cudnn = card.libraries().cudnn;
    const CudnnDescriptor operands = conv_operands(cudnn, problem, addresses, plan.workspace.get());
    cudnn.check(cudnn.backend_execute(card.cudnn(), plan.parts.back().get(), operands.get()), "cudnnBackendExecute");
  });
}

}  // namespace cornu::cuda
