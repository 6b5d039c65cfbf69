#include "framework/backends/cuda/cudnn.h"

#include <array>

#include "framework/error.h"

namespace cornu::cuda {

void Cudnn::check(cudnnStatus_t status, const char* call) const {
  if (status == CUDNN_STATUS_SUCCESS) return;
  // Says which condition was not met, where the library knows.
  std::array<char, 1024> detail{};
  get_last_error_string(detail.data(), detail.size());
  throw Error(std::string("cuDNN: ") + call + " failed: " + get_error_string(status) + " [" + std::to_string(status) +
              "]" + (detail[0] == '\0' ? "" : std::string(": ") + detail.data()));
}

OrReason<Cudnn> cudnn_of(const SharedLibrary& library) {
  Cudnn found;
  std::string missing;
  const auto find = [&](auto& function, const char* symbol) {
    if (!library.find(function, symbol) && missing.empty()) missing = library.lacks(symbol);
  };
  find(found.create, CORNU_CUDA_SYMBOL(cudnnCreate));
  find(found.destroy, CORNU_CUDA_SYMBOL(cudnnDestroy));
  find(found.set_stream, CORNU_CUDA_SYMBOL(cudnnSetStream));
  find(found.backend_create_descriptor, CORNU_CUDA_SYMBOL(cudnnBackendCreateDescriptor));
  find(found.backend_destroy_descriptor, CORNU_CUDA_SYMBOL(cudnnBackendDestroyDescriptor));
  find(found.backend_set_attribute, CORNU_CUDA_SYMBOL(cudnnBackendSetAttribute));
  find(found.backend_get_attribute, CORNU_CUDA_SYMBOL(cudnnBackendGetAttribute));
  find(found.backend_finalize, CORNU_CUDA_SYMBOL(cudnnBackendFinalize));
  find(found.backend_execute, CORNU_CUDA_SYMBOL(cudnnBackendExecute));
  find(found.get_last_error_string, CORNU_CUDA_SYMBOL(cudnnGetLastErrorString));
  find(found.get_error_string, CORNU_CUDA_SYMBOL(cudnnGetErrorString));
  if (!missing.empty()) return OrReason<Cudnn>::missing(missing);
  return found;
}

const OrReason<Cudnn>& cudnn() {
  static const OrReason<SharedLibrary> library = SharedLibrary::open(
      {"libcudnn.so.9"}, "install cuDNN for this version of CUDA, or name the toolkit's folder in CUDA_HOME");
  static const OrReason<Cudnn> functions = library ? cudnn_of(*library) : OrReason<Cudnn>::missing(library.reason());
  return functions;
}

}  // namespace cornu::cuda
