#include "tests/framework/backends/cuda/emulation/cudnn_without_card.h"

#include <string>

namespace cornu::test {
namespace {

#if CUDNN_VERSION >= 90800

cuda::Cudnn real;
cudnnBackendDescriptor_t properties = nullptr;

// What cuDNN asks the CUDA runtime of a card, of an A100, an H100 and a B200; others pass for one of them.
std::string properties_of(cuda::ComputeCapability capability) {
  const bool is_ampere = capability.major < 9;
  const bool is_hopper = capability.major == 9;
  const std::string multiprocessors = is_ampere ? "108" : is_hopper ? "132" : "148";
  const std::string shared_memory = is_ampere ? "166912" : "232448";
  const std::string version = std::to_string(100 * capability.major + 10 * capability.minor);
  return R"({"deviceName": "a card that is not there", "cudaDeviceId": 0, "pciDeviceId": 0, "driverVer": 13000,)"
         R"("deviceVer": )" +
         version + R"(, "multiProcessorCount": )" + multiprocessors + R"(, "maxSharedMemoryPerBlockOptin": )" +
         shared_memory +
         R"(, "maxGridSize": [2147483647, 65535, 65535], "maxBlockSize": [1024, 1024, 64], "regsPerBlock": 65536,)"
         R"("warpSize": 32, "maxSharedMemoryPerBlock": 49152, "reservedSharedMemoryPerBlock": 1024,)"
         R"("maxRegistersPerSM": 65536, "maxCtasPerSM": 32, "maxThreadsPerBlock": 1024, "maxThreadsPerSM": 2048,)"
         R"("isTccDriver": 0, "supportCoopLaunch": 1, "totalGlobalMem": 85017493504, "smClockRateKHz": 1980000,)"
         R"("memClockRateKHz": 2619000, "l2CacheSize": 52428800})";
}

cudnnStatus_t set_properties(cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name) {
  return real.backend_set_attribute(descriptor, name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &properties);
}

cudnnStatus_t create_descriptor(cudnnBackendDescriptorType_t type, cudnnBackendDescriptor_t* descriptor) {
  const cudnnStatus_t status = real.backend_create_descriptor(type, descriptor);
  if (status != CUDNN_STATUS_SUCCESS || type != CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR) return status;
  return set_properties(*descriptor, CUDNN_ATTR_ENGINEHEUR_DEVICEPROP);
}

// In place of a handle, which there is for a card only, the properties of one.
cudnnStatus_t set_attribute(cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name,
                            cudnnBackendAttributeType_t type, std::int64_t count, const void* values) {
  if (name == CUDNN_ATTR_OPERATIONGRAPH_HANDLE) return CUDNN_STATUS_SUCCESS;
  if (name == CUDNN_ATTR_EXECUTION_PLAN_HANDLE) return set_properties(descriptor, CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP);
  return real.backend_set_attribute(descriptor, name, type, count, values);
}

#endif

}  // namespace

cuda::OrReason<cuda::Cudnn> cudnn_without_card([[maybe_unused]] cuda::ComputeCapability capability) {
#if CUDNN_VERSION >= 90800
  if (!cuda::cudnn()) return cuda::OrReason<cuda::Cudnn>::missing(cuda::cudnn().reason());
  real = *cuda::cudnn();
  if (properties) static_cast<void>(real.backend_destroy_descriptor(properties));
  const std::string text = properties_of(capability);
  const auto length = static_cast<std::int64_t>(text.size());
  if (real.backend_create_descriptor(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR, &properties) != CUDNN_STATUS_SUCCESS ||
      real.backend_set_attribute(properties, CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, length,
                                 text.data()) != CUDNN_STATUS_SUCCESS ||
      real.backend_finalize(properties) != CUDNN_STATUS_SUCCESS) {
    return cuda::OrReason<cuda::Cudnn>::missing("this cuDNN takes no description of a card");
  }
  cuda::Cudnn functions = real;
  functions.backend_create_descriptor = create_descriptor;
  functions.backend_set_attribute = set_attribute;
  return functions;
#else
  return cuda::OrReason<cuda::Cudnn>::missing("plans without a card are found by cuDNN 9.8 and later");
#endif
}

}  // namespace cornu::test
