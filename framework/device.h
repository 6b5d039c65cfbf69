#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cornu {

/// A processor or card of this machine.
struct DeviceInfo {
  std::string name;         ///< "cpu:0", "gpu:0"; "gpu" stands for cards that are not there or cannot be asked
  std::string description;  ///< the model, of a card with its compute capability
  std::uint64_t memory_bytes = 0;
  bool usable = true;  ///< whether all is there that computing on it takes: the driver, the libraries
  std::string reason;  ///< why it is not usable, and what to do; empty where it is
};

/// The devices of this machine: the CPU first, then each NVIDIA card; where none can be found, one entry "gpu" with the
/// reason. Programs run on the CPU so far: a usable card is one that this build can talk to.
///
/// A driver and libraries are opened the first time. **See**: `keras.distribution.list_devices`,
/// `tf.config.list_physical_devices`.
std::vector<DeviceInfo> list_devices();

/// Backends say which cards they know, at static initialisation. Returns true, so that it can initialise a constant.
bool register_gpus(std::vector<DeviceInfo> (*list)());

}  // namespace cornu
