#include "framework/device.h"

#include <unistd.h>

#include <fstream>

namespace cornu {
namespace {

using GpuList = std::vector<DeviceInfo> (*)();

GpuList& gpu_list() {
  static GpuList list = nullptr;
  return list;
}

// What Linux calls the first processor; not all architectures have a name there.
std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "CPU";
}

DeviceInfo cpu() {
  const auto pages = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES));
  const auto page_size = static_cast<std::uint64_t>(::sysconf(_SC_PAGE_SIZE));
  return {.name = "cpu:0", .description = cpu_model(), .memory_bytes = pages * page_size, .usable = true, .reason = ""};
}

}  // namespace

std::vector<DeviceInfo> list_devices() {
  std::vector<DeviceInfo> devices{cpu()};
  if (const GpuList list = gpu_list()) {
    const std::vector<DeviceInfo> gpus = list();
    devices.insert(devices.end(), gpus.begin(), gpus.end());
  } else {
    devices.push_back(
        {.name = "gpu",
         .description = "",
         .memory_bytes = 0,
         .usable = false,
         .reason = "cornu was built without CUDA: install the CUDA toolkit and build with -DCORNU_CUDA=ON"});
  }
  return devices;
}

bool register_gpus(std::vector<DeviceInfo> (*list)()) {
  gpu_list() = list;
  return true;
}

}  // namespace cornu
