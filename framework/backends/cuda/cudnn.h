#pragma once

#include <cudnn.h>

#include <string>

#include "framework/backends/cuda/or_reason.h"
#include "framework/backends/cuda/shared_library.h"

namespace cornu::cuda {

/// The functions of cuDNN that cornu calls.
struct Cudnn {
  decltype(&cudnnCreate) create = nullptr;
  decltype(&cudnnDestroy) destroy = nullptr;
  decltype(&cudnnSetStream) set_stream = nullptr;
  decltype(&cudnnBackendCreateDescriptor) backend_create_descriptor = nullptr;
  decltype(&cudnnBackendDestroyDescriptor) backend_destroy_descriptor = nullptr;
  decltype(&cudnnBackendSetAttribute) backend_set_attribute = nullptr;
  decltype(&cudnnBackendGetAttribute) backend_get_attribute = nullptr;
  decltype(&cudnnBackendFinalize) backend_finalize = nullptr;
  decltype(&cudnnBackendExecute) backend_execute = nullptr;

  /// **Throws** Error that names the call and what the library says, unless `status` is success.
  void check(cudnnStatus_t status, const char* call) const;
  decltype(&cudnnGetErrorString) get_error_string = nullptr;
  decltype(&cudnnGetLastErrorString) get_last_error_string = nullptr;
};

/// The functions of a library; or which of them it lacks.
OrReason<Cudnn> cudnn_of(const SharedLibrary& library);

/// This machine's, opened at the first call and never closed; or why there is none.
const OrReason<Cudnn>& cudnn();

}  // namespace cornu::cuda
