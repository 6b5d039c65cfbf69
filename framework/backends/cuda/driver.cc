#include "framework/backends/cuda/driver.h"

#include "framework/error.h"

namespace cornu::cuda {

void Driver::check(CUresult result, const char* call) const {
  if (result == CUDA_SUCCESS) return;
  const char* name = nullptr;
  const char* text = nullptr;
  // Both fail for numbers that this driver does not know.
  if (get_error_name(result, &name) != CUDA_SUCCESS || !name) name = "an unknown error";
  if (get_error_string(result, &text) != CUDA_SUCCESS || !text) text = "no description";
  throw Error(std::string("CUDA: ") + call + " failed: " + text + " [" + name + ", " + std::to_string(result) + "]");
}

OrReason<Driver> driver_of(const SharedLibrary& library) {
  Driver found;
  std::string missing;
  const auto find = [&](auto& function, const char* symbol) {
    if (!library.find(function, symbol) && missing.empty()) missing = library.lacks(symbol);
  };
  find(found.init, CORNU_CUDA_SYMBOL(cuInit));
  find(found.driver_get_version, CORNU_CUDA_SYMBOL(cuDriverGetVersion));
  find(found.get_error_name, CORNU_CUDA_SYMBOL(cuGetErrorName));
  find(found.get_error_string, CORNU_CUDA_SYMBOL(cuGetErrorString));
  find(found.device_get_count, CORNU_CUDA_SYMBOL(cuDeviceGetCount));
  find(found.device_get, CORNU_CUDA_SYMBOL(cuDeviceGet));
  find(found.device_get_name, CORNU_CUDA_SYMBOL(cuDeviceGetName));
  find(found.device_get_attribute, CORNU_CUDA_SYMBOL(cuDeviceGetAttribute));
  find(found.device_total_mem, CORNU_CUDA_SYMBOL(cuDeviceTotalMem));
  if (!missing.empty()) return OrReason<Driver>::missing(missing);
  return found;
}

const OrReason<Driver>& driver() {
  static const OrReason<SharedLibrary> library = SharedLibrary::open({"libcuda.so.1"}, "no NVIDIA driver is installed");
  static const OrReason<Driver> functions = library ? driver_of(*library) : OrReason<Driver>::missing(library.reason());
  return functions;
}

}  // namespace cornu::cuda
