#include "framework/backends/cuda/matmul.h"

#include "framework/backends/cuda/card.h"
#include "framework/backends/cuda/matmul_plan.h"
#include "framework/backends/cuda/operation_launches.h"
#include "framework/numerics.h"

namespace cornu::cuda {
namespace {

bool is_served(DType dtype) {
  return dtype == DType::kFloat32 || dtype == DType::kFloat64 || dtype == DType::kFloat16 || dtype == DType::kBFloat16;
}

// Whether an operand has one matrix for the whole batch, or one for each; nothing where it is neither.
std::optional<bool> is_shared(const Shape& operand, const Shape& batch) {
  const Shape own = operand.slice(0, -2);
  if (own.num_elements() == 1) return batch.num_elements() != 1;
  if (own.num_elements() == batch.num_elements()) return false;
  return std::nullopt;
}

class MatmulKernel final : public LaunchingKernel {
 public:
  explicit MatmulKernel(const MatmulProblem& problem) : problem_(problem) {}
  // `sum` computes the second output where cuBLASLt has no kernel for both.
  MatmulKernel(const MatmulProblem& problem, ScratchLaunches sum) : problem_(problem), sum_(std::move(sum)) {}

  void run(const KernelArguments& arguments) const override {
    auto& card = static_cast<Card&>(*arguments.queue);
    // Looked for once: a program runs on one card.
    if (!plan_) plan_ = make_plan(card);
    if (problem_.sums_y && !plan_->problem().sums_y) {
      for (const Launch& launch : sum_.launches) card.launch(launch, arguments);
    }
    MatmulPlan::Operands operands{
        arguments.inputs[0], arguments.inputs[1], nullptr, nullptr, arguments.outputs[0], nullptr};
    if (problem_.has_bias) operands.bias = arguments.inputs[2];
    if (problem_.has_addend) operands.addend = arguments.inputs[problem_.has_bias ? 3 : 2];
    if (plan_->problem().sums_y) operands.sums_of_y = arguments.outputs[1];
    plan_->run(card, operands);
  }

  // cuBLASLt reads the addend where it writes the result.
  bool can_share(std::size_t input, std::size_t output) const override {
    return problem_.has_addend && output == 0 && input == (problem_.has_bias ? 3u : 2u);
  }

  std::size_t scratch_bytes() const override { return sum_.scratch_bytes; }
  std::vector<const Launch*> all_launches() const override {
    std::vector<const Launch*> list;
    for (const Launch& launch : sum_.launches) list.push_back(&launch);
    return list;
  }
  std::string implementation() const override { return "cuBLASLt " + problem_.to_string(); }

 private:
  std::unique_ptr<MatmulPlan> make_plan(Card& card) const {
    MatmulProblem problem = problem_;
    if (problem.sums_y && !MatmulPlan::is_possible(card, problem)) problem.sums_y = false;
    return std::make_unique<MatmulPlan>(card, problem);
  }

  MatmulProblem problem_;
  ScratchLaunches sum_;
  mutable std::unique_ptr<MatmulPlan> plan_;  // made under the queue's lock
};

std::unique_ptr<Kernel> make_matmul(const KernelRequest& request) {
  const std::optional<MatmulProblem> problem = matmul_problem(request);
  return problem ? std::make_unique<MatmulKernel>(*problem) : nullptr;
}

// The gradients of a dense layer's kernel and bias.
std::unique_ptr<Kernel> make_matmul_and_sum(const KernelRequest& request) {
  std::optional<MatmulProblem> problem = matmul_problem(request);
  if (!problem) return nullptr;
  problem->sums_y = true;
  const Attributes over_rows{{"axes", std::vector<std::int64_t>{0}}, {"keepdims", false}};
  return std::make_unique<MatmulKernel>(
      *problem, operation_launches({"sum", over_rows, request.inputs.subspan(1, 1), request.outputs.subspan(1, 1)},
                                   {Launch::input(1)}, {Launch::output(1)}, 0));
}

[[maybe_unused]] const bool kMatmulAndSum = register_kernel("matmul_and_sum", Backend::kCuda, make_matmul_and_sum);
[[maybe_unused]] const bool kMatmul = register_kernel("matmul", Backend::kCuda, make_matmul);
[[maybe_unused]] const bool kFusedMatmul = register_kernel("fused_matmul", Backend::kCuda, make_matmul);

}  // namespace

std::optional<MatmulProblem> matmul_problem(const KernelRequest& request) {
  const Shape& x = request.inputs[0].shape;
  const Shape& y = request.inputs[1].shape;
  const Shape& out = request.outputs[0].shape;
  MatmulProblem problem;
  problem.transpose_x = request.attributes.flag("transpose_x");
  problem.transpose_y = request.attributes.flag("transpose_y");
  problem.m = out[-2];
  problem.n = out[-1];
  problem.k = x[problem.transpose_x ? -2 : -1];
  problem.dtype = request.outputs[0].dtype;
  const Shape batch = out.slice(0, -2);
  problem.batch = batch.num_elements();
  const std::optional<bool> x_is_shared = is_shared(x, batch);
  const std::optional<bool> y_is_shared = is_shared(y, batch);
  if (!x_is_shared || !y_is_shared) return std::nullopt;
  problem.x_is_shared = *x_is_shared;
  problem.y_is_shared = *y_is_shared;
  if (problem.m * problem.n * problem.k * problem.batch == 0 || !is_served(problem.dtype)) return std::nullopt;
  problem.tf32 = problem.dtype == DType::kFloat32 && numeric_settings().tf32;
  if (request.operation == "fused_matmul") {
    problem.has_bias = request.attributes.flag("bias");
    problem.has_addend = request.attributes.flag("addend");
    const std::string& activation = request.attributes.string("activation");
    problem.relu = activation == "relu";
    if (!problem.relu && !activation.empty()) return std::nullopt;
  }
  return problem;
}

std::string MatmulProblem::to_string() const {
  std::string text = batch > 1 ? std::to_string(batch) + " of " : "";
  text += std::to_string(m) + "x" + std::to_string(n) + "x" + std::to_string(k) + " " + name_of(dtype);
  if (transpose_x) text += " x'";
  if (transpose_y) text += " y'";
  if (has_bias) text += " bias";
  if (has_addend) text += " addend";
  if (relu) text += " relu";
  if (sums_y) text += " sums";
  if (tf32) text += " tf32";
  return text;
}

}  // namespace cornu::cuda
