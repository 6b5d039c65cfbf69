#include "framework/backends/cuda/matmul_plan.h"

#include "framework/error.h"

namespace cornu::cuda {
namespace {

// What all operands in a program's memory are aligned to.
constexpr std::uint32_t kAlignment = 64;

cudaDataType_t type_of(DType dtype) {
  switch (dtype) {
    case DType::kFloat64: return CUDA_R_64F;
    case DType::kFloat16: return CUDA_R_16F;
    case DType::kBFloat16: return CUDA_R_16BF;
    default: return CUDA_R_32F;
  }
}

cublasComputeType_t compute_type_of(const MatmulProblem& problem) {
  if (problem.dtype == DType::kFloat64) return CUBLAS_COMPUTE_64F;
  return problem.tf32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F;
}

cudaDataType_t scale_type_of(const MatmulProblem& problem) {
  return problem.dtype == DType::kFloat64 ? CUDA_R_64F : CUDA_R_32F;
}

cublasLtEpilogue_t epilogue_of(const MatmulProblem& problem) {
  if (problem.sums_y) return CUBLASLT_EPILOGUE_BGRADA;
  if (problem.has_bias) return problem.relu ? CUBLASLT_EPILOGUE_RELU_BIAS : CUBLASLT_EPILOGUE_BIAS;
  return problem.relu ? CUBLASLT_EPILOGUE_RELU : CUBLASLT_EPILOGUE_DEFAULT;
}

// A factor in the type in which cuBLASLt reads it.
struct Factor {
  explicit Factor(double value) : in_float(static_cast<float>(value)), in_double(value) {}
  const void* as(cudaDataType_t type) const {
    return type == CUDA_R_64F ? static_cast<const void*>(&in_double) : &in_float;
  }
  float in_float;
  double in_double;
};

}  // namespace

MatmulPlan::MatmulPlan(Card& card, const MatmulProblem& problem) : MatmulPlan(card, problem, Unchosen()) {
  check(choose(card), "cublasLtMatmulAlgoGetHeuristic");
}

bool MatmulPlan::is_possible(Card& card, const MatmulProblem& problem) {
  return MatmulPlan(card, problem, Unchosen()).choose(card) == CUBLAS_STATUS_SUCCESS;
}

MatmulPlan::MatmulPlan(Card& card, const MatmulProblem& problem, Unchosen)
    : problem_(problem),
      library_(card.libraries().cublas_lt),
      description_(nullptr, library_.matmul_desc_destroy),
      a_(nullptr, library_.matrix_layout_destroy),
      b_(nullptr, library_.matrix_layout_destroy),
      d_(nullptr, library_.matrix_layout_destroy) {
  describe();
}

void MatmulPlan::describe() {
  cublasLtMatmulDesc_t description = nullptr;
  check(library_.matmul_desc_create(&description, compute_type_of(problem_), scale_type_of(problem_)),
        "cublasLtMatmulDescCreate");
  description_.reset(description);
  set(CUBLASLT_MATMUL_DESC_TRANSA, problem_.transpose_y ? CUBLAS_OP_T : CUBLAS_OP_N);
  set(CUBLASLT_MATMUL_DESC_TRANSB, problem_.transpose_x ? CUBLAS_OP_T : CUBLAS_OP_N);
  set(CUBLASLT_MATMUL_DESC_EPILOGUE, epilogue_of(problem_));
  const auto [m, n, k] = std::tuple(problem_.m, problem_.n, problem_.k);
  a_ = problem_.transpose_y ? layout(k, n, problem_.y_is_shared) : layout(n, k, problem_.y_is_shared);
  b_ = problem_.transpose_x ? layout(m, k, problem_.x_is_shared) : layout(k, m, problem_.x_is_shared);
  d_ = layout(n, m, false);
}

// Of a matrix by columns, which follow one another without gaps.
MatmulPlan::Layout MatmulPlan::layout(std::int64_t rows, std::int64_t columns, bool is_shared) const {
  cublasLtMatrixLayout_t made = nullptr;
  check(library_.matrix_layout_create(&made, type_of(problem_.dtype), static_cast<std::uint64_t>(rows),
                                      static_cast<std::uint64_t>(columns), rows),
        "cublasLtMatrixLayoutCreate");
  Layout owner(made, library_.matrix_layout_destroy);
  if (problem_.batch > 1) {
    const auto count = static_cast<std::int32_t>(problem_.batch);
    const std::int64_t stride = is_shared ? 0 : rows * columns;
    check(library_.matrix_layout_set_attribute(made, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, &count, sizeof(count)),
          "cublasLtMatrixLayoutSetAttribute");
    check(library_.matrix_layout_set_attribute(made, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, &stride,
                                               sizeof(stride)),
          "cublasLtMatrixLayoutSetAttribute");
  }
  return owner;
}

cublasStatus_t MatmulPlan::choose(Card& card) {
  cublasLtMatmulPreference_t preference = nullptr;
  check(library_.matmul_preference_create(&preference), "cublasLtMatmulPreferenceCreate");
  const std::unique_ptr<cublasLtMatmulPreferenceOpaque_t, cublasStatus_t (*)(cublasLtMatmulPreference_t)> owner(
      preference, library_.matmul_preference_destroy);
  const auto prefer = [&](cublasLtMatmulPreferenceAttributes_t attribute, const auto& value) {
    check(library_.matmul_preference_set_attribute(preference, attribute, &value, sizeof(value)),
          "cublasLtMatmulPreferenceSetAttribute");
  };
  prefer(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, std::uint64_t{Card::kLibraryWorkspaceBytes});
  for (const auto attribute :
       {CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES,
        CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES}) {
    prefer(attribute, kAlignment);
  }
  cublasLtMatmulHeuristicResult_t result{};
  int found = 0;
  const cublasStatus_t status = library_.matmul_algo_get_heuristic(
      card.cublas_lt(), description_.get(), a_.get(), b_.get(), d_.get(), d_.get(), preference, 1, &result, &found);
  if (status != CUBLAS_STATUS_SUCCESS) return status;
  algorithm_ = result.algo;
  workspace_bytes_ = result.workspaceSize;
  return found > 0 ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_NOT_SUPPORTED;
}

void MatmulPlan::run(Card& card, const Operands& operands) const {
  const void* vector = problem_.sums_y ? operands.sums_of_y : operands.bias;
  if (vector) set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, vector);
  static const Factor kOne(1);
  static const Factor kZero(0);
  const cudaDataType_t scale = scale_type_of(problem_);
  const void* c = problem_.has_addend ? operands.addend : operands.out;
  check(
      library_.matmul(card.cublas_lt(), description_.get(), kOne.as(scale), operands.y, a_.get(), operands.x, b_.get(),
                      (problem_.has_addend ? kOne : kZero).as(scale), c, d_.get(), operands.out, d_.get(), &algorithm_,
                      workspace_bytes_ > 0 ? card.library_workspace() : nullptr, workspace_bytes_, card.stream()),
      "cublasLtMatmul");
}

template <typename T> void MatmulPlan::set(cublasLtMatmulDescAttributes_t attribute, const T& value) const {
  check(library_.matmul_desc_set_attribute(description_.get(), attribute, &value, sizeof(value)),
        "cublasLtMatmulDescSetAttribute");
}

void MatmulPlan::check(cublasStatus_t status, const char* call) const {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  throw Error("matmul " + problem_.to_string() + ": " + call + " failed: " + library_.get_error_string(status) + " [" +
                  std::to_string(status) + "]",
              {}, "matmul");
}

}  // namespace cornu::cuda
