#include "framework/backends/cuda/devices.h"

#include <array>

#include "framework/backends/cuda/card.h"
#include "framework/backends/cuda/libraries.h"
#include "framework/error.h"

namespace cornu::cuda {
namespace {

// Kernels take more than 4 KiB of addresses, and sums in bfloat16 and TF32 need its units.
constexpr int kOldestMajor = 8;

DeviceInfo no_gpu(const std::string& reason) {
  return {.name = "gpu", .description = "", .memory_bytes = 0, .usable = false, .reason = reason};
}

// 13000 is CUDA 13.0.
std::string cuda_version(int number) {
  return "CUDA " + std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10);
}

DeviceInfo describe(const Driver& driver, int number, const std::string& missing_library) {
  CUdevice device = 0;
  driver.check(driver.device_get(&device, number), "cuDeviceGet");
  std::array<char, 256> name{};
  driver.check(driver.device_get_name(name.data(), static_cast<int>(name.size()), device), "cuDeviceGetName");
  ComputeCapability capability{};
  driver.check(driver.device_get_attribute(&capability.major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device),
               "cuDeviceGetAttribute");
  driver.check(driver.device_get_attribute(&capability.minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device),
               "cuDeviceGetAttribute");
  std::size_t memory = 0;
  driver.check(driver.device_total_mem(&memory, device), "cuDeviceTotalMem");
  const std::string description = std::string(name.data()) + ", compute capability " + capability.to_string();
  std::string reason = missing_library;
  if (reason.empty() && capability.major < kOldestMajor) {
    reason = "cornu computes on cards of compute capability " + std::to_string(kOldestMajor) +
             ".0 (Ampere) and newer, this one has " + capability.to_string();
  }
  return {.name = "gpu:" + std::to_string(number),
          .description = description,
          .memory_bytes = memory,
          .usable = reason.empty(),
          .reason = reason};
}

std::vector<DeviceInfo> describe_all(const Driver& driver, const std::string& missing_library) {
  const CUresult started = driver.init(0);
  if (started == CUDA_ERROR_NO_DEVICE) return {no_gpu("the NVIDIA driver finds no card in this machine")};
  driver.check(started, "cuInit");
  int version = 0;
  driver.check(driver.driver_get_version(&version), "cuDriverGetVersion");
  // Within a major version, drivers run what newer toolkits make.
  if (version / 1000 < CUDA_VERSION / 1000) {
    return {no_gpu("the NVIDIA driver runs " + cuda_version(version) + ", cornu was built with " +
                   cuda_version(CUDA_VERSION) + ": install a newer driver, or build cornu with an older toolkit")};
  }
  int count = 0;
  driver.check(driver.device_get_count(&count), "cuDeviceGetCount");
  if (count == 0) return {no_gpu("the NVIDIA driver shows no card: is CUDA_VISIBLE_DEVICES empty?")};
  std::vector<DeviceInfo> devices;
  devices.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) devices.push_back(describe(driver, i, missing_library));
  return devices;
}

// The libraries are large: they are looked for where there is a driver to use them.
std::vector<DeviceInfo> list_gpus() { return devices_of(driver(), driver() ? libraries().reason() : ""); }

std::shared_ptr<Queue> open_gpu(int number) { return std::make_shared<Card>(*libraries(), number); }

const GpuBackend kBefore = register_gpus({list_gpus, open_gpu});

}  // namespace

std::vector<DeviceInfo> devices_of(const OrReason<Driver>& driver, const std::string& missing_library) {
  if (!driver) return {no_gpu(driver.reason())};
  try {
    return describe_all(*driver, missing_library);
  } catch (const Error& error) {
    return {no_gpu(error.what())};
  }
}

}  // namespace cornu::cuda
