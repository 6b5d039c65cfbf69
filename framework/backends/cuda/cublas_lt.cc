#include "framework/backends/cuda/cublas_lt.h"

#include "framework/error.h"

namespace cornu::cuda {

void CublasLt::check(cublasStatus_t status, const char* call) const {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  throw Error(std::string("cuBLASLt: ") + call + " failed: " + get_error_string(status) + " [" +
              std::to_string(status) + "]");
}

OrReason<CublasLt> cublas_lt_of(const SharedLibrary& library) {
  CublasLt found;
  std::string missing;
  const auto find = [&](auto& function, const char* symbol) {
    if (!library.find(function, symbol) && missing.empty()) missing = library.lacks(symbol);
  };
  find(found.create, CORNU_CUDA_SYMBOL(cublasLtCreate));
  find(found.destroy, CORNU_CUDA_SYMBOL(cublasLtDestroy));
  find(found.matmul_desc_create, CORNU_CUDA_SYMBOL(cublasLtMatmulDescCreate));
  find(found.matmul_desc_destroy, CORNU_CUDA_SYMBOL(cublasLtMatmulDescDestroy));
  find(found.matmul_desc_set_attribute, CORNU_CUDA_SYMBOL(cublasLtMatmulDescSetAttribute));
  find(found.matrix_layout_create, CORNU_CUDA_SYMBOL(cublasLtMatrixLayoutCreate));
  find(found.matrix_layout_destroy, CORNU_CUDA_SYMBOL(cublasLtMatrixLayoutDestroy));
  find(found.matrix_layout_set_attribute, CORNU_CUDA_SYMBOL(cublasLtMatrixLayoutSetAttribute));
  find(found.matmul_preference_create, CORNU_CUDA_SYMBOL(cublasLtMatmulPreferenceCreate));
  find(found.matmul_preference_destroy, CORNU_CUDA_SYMBOL(cublasLtMatmulPreferenceDestroy));
  find(found.matmul_preference_set_attribute, CORNU_CUDA_SYMBOL(cublasLtMatmulPreferenceSetAttribute));
  find(found.matmul_algo_get_heuristic, CORNU_CUDA_SYMBOL(cublasLtMatmulAlgoGetHeuristic));
  find(found.matmul, CORNU_CUDA_SYMBOL(cublasLtMatmul));
  find(found.get_error_string, CORNU_CUDA_SYMBOL(cublasLtGetStatusString));
  if (!missing.empty()) return OrReason<CublasLt>::missing(missing);
  return found;
}

const OrReason<CublasLt>& cublas_lt() {
  static const OrReason<SharedLibrary> library =
      SharedLibrary::open({"libcublasLt.so.13", "libcublasLt.so.12"},
                          "install cuBLASLt for this version of CUDA, or name the toolkit's folder in CUDA_HOME");
  static const OrReason<CublasLt> functions =
      library ? cublas_lt_of(*library) : OrReason<CublasLt>::missing(library.reason());
  return functions;
}

}  // namespace cornu::cuda
