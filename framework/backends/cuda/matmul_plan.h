#pragma once

#include "framework/backends/cuda/card.h"
#include "framework/backends/cuda/matmul.h"

namespace cornu::cuda {

/// How cuBLASLt computes a product: its descriptors, and the algorithm that its heuristics put first.
///
/// cuBLASLt knows matrices by columns. A row-major matrix is its own transpose then, so `out' = op(y)' op(x)'` is what
/// it is asked for: its A is y, its B is x, and the bias runs along the rows of its D.
class MatmulPlan {
 public:
  /// **Throws** Error that names the problem and what cuBLASLt says.
  MatmulPlan(Card& card, const MatmulProblem& problem);

  /// Whether cuBLASLt has an algorithm for it.
  static bool is_possible(Card& card, const MatmulProblem& problem);

  const MatmulProblem& problem() const { return problem_; }

  /// Addresses in the card's memory; those that the problem does not have are null.
  struct Operands {
    const void* x;
    const void* y;
    const void* bias;
    const void* addend;
    void* out;
    void* sums_of_y;
  };
  void run(Card& card, const Operands& operands) const;

 private:
  using Description = std::unique_ptr<cublasLtMatmulDescOpaque_t, cublasStatus_t (*)(cublasLtMatmulDesc_t)>;
  using Layout = std::unique_ptr<cublasLtMatrixLayoutOpaque_t, cublasStatus_t (*)(cublasLtMatrixLayout_t)>;

  struct Unchosen {};
  MatmulPlan(Card& card, const MatmulProblem& problem, Unchosen);
  void describe();
  Layout layout(std::int64_t rows, std::int64_t columns, bool is_shared) const;
  /// Chooses the algorithm; returns what cuBLASLt says of it.
  cublasStatus_t choose(Card& card);
  template <typename T> void set(cublasLtMatmulDescAttributes_t attribute, const T& value) const;
  void check(cublasStatus_t status, const char* call) const;

  MatmulProblem problem_;
  CublasLt library_;
  Description description_;
  Layout a_;
  Layout b_;
  Layout d_;
  cublasLtMatmulAlgo_t algorithm_{};
  std::size_t workspace_bytes_ = 0;
};

}  // namespace cornu::cuda
