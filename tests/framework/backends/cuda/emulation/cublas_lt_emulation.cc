#include "tests/framework/backends/cuda/emulation/cublas_lt_emulation.h"

namespace cornu::test {

cuda::CublasLt emulated_cublas_lt() {
  cuda::CublasLt library;
  library.create = [](cublasLtHandle_t* handle) { return *handle = nullptr, CUBLAS_STATUS_SUCCESS; };
  library.destroy = [](cublasLtHandle_t) { return CUBLAS_STATUS_SUCCESS; };
  library.get_error_string = [](cublasStatus_t) { return "an emulated error"; };
  return library;
}

}  // namespace cornu::test
