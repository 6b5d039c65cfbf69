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

  /// **Throws** Error that names the call and what the library says, unless `status` is success.
  void check(cublasStatus_t status, const char* call) const;
  decltype(&cublasLtGetStatusString) get_error_string = nullptr;
};

/// The functions of a library; or which of them it lacks.
OrReason<CublasLt> cublas_lt_of(const SharedLibrary& library);

/// This machine's, opened at the first call and never closed; or why there is none.
const OrReason<CublasLt>& cublas_lt();

}  // namespace cornu::cuda
