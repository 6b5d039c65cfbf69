#pragma once

#include <string>
#include <vector>

#include "framework/backends/cuda/driver.h"
#include "framework/device.h"

namespace cornu::cuda {

/// The cards that a driver knows. All are unusable, for that reason, where `missing_library` is not empty. Where there
/// is no driver, no card, or a driver that cannot run what this toolkit makes, one entry "gpu" says so.
std::vector<DeviceInfo> devices_of(const OrReason<Driver>& driver, const std::string& missing_library);

}  // namespace cornu::cuda
