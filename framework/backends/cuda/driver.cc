#include "framework/backends/cuda/driver.h"

#include "framework/error.h"

namespace cornu::cuda {

std::string Driver::describe(CUresult result) const {
  const char* name = nullptr;
  const char* text = nullptr;
  // Both fail for numbers that this driver does not know.
  if (get_error_name(result, &name) != CUDA_SUCCESS || !name) name = "an unknown error";
  if (get_error_string(result, &text) != CUDA_SUCCESS || !text) text = "no description";
  return std::string(text) + " [" + name + ", " + std::to_string(result) + "]";
}

void Driver::check(CUresult result, const char* call) const {
  if (result != CUDA_SUCCESS) throw Error(std::string("CUDA: ") + call + " failed: " + describe(result));
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
  find(found.device_get_default_mem_pool, CORNU_CUDA_SYMBOL(cuDeviceGetDefaultMemPool));
  find(found.primary_ctx_retain, CORNU_CUDA_SYMBOL(cuDevicePrimaryCtxRetain));
  find(found.ctx_set_current, CORNU_CUDA_SYMBOL(cuCtxSetCurrent));
  find(found.mem_pool_set_attribute, CORNU_CUDA_SYMBOL(cuMemPoolSetAttribute));
  find(found.mem_alloc_async, CORNU_CUDA_SYMBOL(cuMemAllocAsync));
  find(found.mem_free_async, CORNU_CUDA_SYMBOL(cuMemFreeAsync));
  find(found.mem_host_alloc, CORNU_CUDA_SYMBOL(cuMemHostAlloc));
  find(found.mem_free_host, CORNU_CUDA_SYMBOL(cuMemFreeHost));
  find(found.memcpy_async, CORNU_CUDA_SYMBOL(cuMemcpyAsync));
  find(found.stream_create, CORNU_CUDA_SYMBOL(cuStreamCreate));
  find(found.stream_synchronize, CORNU_CUDA_SYMBOL(cuStreamSynchronize));
  find(found.stream_wait_event, CORNU_CUDA_SYMBOL(cuStreamWaitEvent));
  find(found.stream_begin_capture, CORNU_CUDA_SYMBOL(cuStreamBeginCapture));
  find(found.stream_end_capture, CORNU_CUDA_SYMBOL(cuStreamEndCapture));
  find(found.event_create, CORNU_CUDA_SYMBOL(cuEventCreate));
  find(found.event_record, CORNU_CUDA_SYMBOL(cuEventRecord));
  find(found.module_load_data, CORNU_CUDA_SYMBOL(cuModuleLoadData));
  find(found.module_get_function, CORNU_CUDA_SYMBOL(cuModuleGetFunction));
  find(found.launch_kernel, CORNU_CUDA_SYMBOL(cuLaunchKernel));
  find(found.launch_host_func, CORNU_CUDA_SYMBOL(cuLaunchHostFunc));
  find(found.graph_instantiate, CORNU_CUDA_SYMBOL(cuGraphInstantiate));
  find(found.graph_launch, CORNU_CUDA_SYMBOL(cuGraphLaunch));
  find(found.graph_exec_destroy, CORNU_CUDA_SYMBOL(cuGraphExecDestroy));
  find(found.graph_destroy, CORNU_CUDA_SYMBOL(cuGraphDestroy));
  if (!missing.empty()) return OrReason<Driver>::missing(missing);
  return found;
}

const OrReason<Driver>& driver() {
  static const OrReason<SharedLibrary> library = SharedLibrary::open({"libcuda.so.1"}, "no NVIDIA driver is installed");
  static const OrReason<Driver> functions = library ? driver_of(*library) : OrReason<Driver>::missing(library.reason());
  return functions;
}

}  // namespace cornu::cuda
