#include "framework/backends/cuda/cudnn.h"

#include "framework/error.h"

namespace cornu::cuda {

void Cudnn::check(cudnnStatus_t status, const char* call) const {
  if (status == CUDNN_STATUS_SUCCESS) return;
  throw Error(std::string("cuDNN: ") + call + " failed: " + get_error_string(status) + " [" + std::to_string(status) +
              "]");
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
