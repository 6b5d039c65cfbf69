#include "tests/framework/backends/cuda/emulation/cudnn_emulation.h"

namespace cornu::test {

cuda::Cudnn emulated_cudnn() {
  cuda::Cudnn library;
  library.create = [](cudnnHandle_t* handle) { return *handle = nullptr, CUDNN_STATUS_SUCCESS; };
  library.destroy = [](cudnnHandle_t) { return CUDNN_STATUS_SUCCESS; };
  library.set_stream = [](cudnnHandle_t, cudaStream_t) { return CUDNN_STATUS_SUCCESS; };
  library.get_error_string = [](cudnnStatus_t) { return "an emulated error"; };
  return library;
}

}  // namespace cornu::test
