#pragma once

#include <cuda.h>

#include <string>

#include "framework/backends/cuda/or_reason.h"
#include "framework/backends/cuda/shared_library.h"

namespace cornu::cuda {

/// The functions of the NVIDIA driver that cornu calls.
struct Driver {
  decltype(&cuInit) init = nullptr;
  decltype(&cuDriverGetVersion) driver_get_version = nullptr;
  decltype(&cuGetErrorName) get_error_name = nullptr;
  decltype(&cuGetErrorString) get_error_string = nullptr;
  decltype(&cuDeviceGetCount) device_get_count = nullptr;
  decltype(&cuDeviceGet) device_get = nullptr;
  decltype(&cuDeviceGetName) device_get_name = nullptr;
  decltype(&cuDeviceGetAttribute) device_get_attribute = nullptr;
  decltype(&cuDeviceTotalMem) device_total_mem = nullptr;

  /// **Throws** Error that names the call and what the driver says, unless `result` is success.
  void check(CUresult result, const char* call) const;
};

/// The driver's functions in a library; or which of them it lacks.
OrReason<Driver> driver_of(const SharedLibrary& library);

/// This machine's driver, opened at the first call and never closed; or why there is none.
const OrReason<Driver>& driver();

}  // namespace cornu::cuda
