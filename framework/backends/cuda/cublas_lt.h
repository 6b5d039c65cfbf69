#pragma once

#include <cublasLt.h>

#include <string>

#include "framework/backends/cuda/or_reason.h"
#include "framework/backends/cuda/shared_library.h"

namespace cornu::cuda {

/// The functions of cuBLASLt that cornu calls.
struct CublasLt {
  decltype(&cublasLtCreate) create = nullptr;
  decltype(&cublasLtDestroy) destroy = nullptr;
  decltype(&cublasLtMatmulDescCreate) matmul_desc_create = nullptr;
  decltype(&cublasLtMatmulDescDestroy) matmul_desc_destroy = nullptr;
  decltype(&cublasLtMatmulDescSetAttribute) matmul_desc_set_attribute = nullptr;
  decltype(&cublasLtMatrixLayoutCreate) matrix_layout_create = nullptr;
  decltype(&cublasLtMatrixLayoutDestroy) matrix_layout_destroy = nullptr;
  decltype(&cublasLtMatrixLayoutSetAttribute) matrix_layout_set_attribute = nullptr;
  decltype(&cublasLtMatmulPreferenceCreate) matmul_preference_create = nullptr;
  decltype(&cublasLtMatmulPreferenceDestroy) matmul_preference_destroy = nullptr;
  decltype(&cublasLtMatmulPreferenceSetAttribute) matmul_preference_set_attribute = nullptr;
  decltype(&cublasLtMatmulAlgoGetHeuristic) matmul_algo_get_heuristic = nullptr;
  decltype(&cublasLtMatmul) matmul = nullptr;

  /// **Throws** Error that names the call and what the library says, unless `status` is success.
  void check(cublasStatus_t status, const char* call) const;
  decltype(&cublasLtGetStatusString) get_error_string = nullptr;
};

/// The functions of a library; or which of them it lacks.
OrReason<CublasLt> cublas_lt_of(const SharedLibrary& library);

/// This machine's, opened at the first call and never closed; or why there is none.
const OrReason<CublasLt>& cublas_lt();

}  // namespace cornu::cuda
