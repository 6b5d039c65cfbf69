#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cornu {

class Queue;

/// A processor or card of this machine.
struct DeviceInfo {
  std::string name;         ///< "cpu:0", "gpu:0"; "gpu" stands for cards that are not there or cannot be asked
  std::string description;  ///< the model, of a card with its compute capability
  std::uint64_t memory_bytes = 0;
  bool usable = true;  ///< whether all is there that computing on it takes: the driver, the libraries
  std::string reason;  ///< why it is not usable, and what to do; empty where it is
};

/// The devices of this machine: the CPU first, then each NVIDIA card; where none can be found, one entry "gpu" with the
/// reason.
///
/// A driver and libraries are opened the first time. **See**: `keras.distribution.list_devices`,
/// `tf.config.list_physical_devices`.
std::vector<DeviceInfo> list_devices();

/// Where models run that are trained, evaluated or asked from now on: "cpu:0", the default, or "gpu:0". "cpu" and "gpu"
/// stand for the first of their kind.
///
/// For the whole process, and for models that exist already too: their weights move when they run next. Files do not
/// know the device. Eager operations compute on the CPU wherever models run.
/// **Throws** Unsupported saying why the device cannot be used, InvalidArgument for a name that is none. **See**:
/// `torch.set_default_device`, `tf.device`.
void set_default_device(const std::string& device);
std::string default_device();
/// The number of the card that is the default device of this thread; -1 for the CPU.
int default_gpu();

/// Another device for programs that this thread compiles while the scope lives.
class DeviceScope {
 public:
  explicit DeviceScope(const std::string& device);
  DeviceScope(const DeviceScope&) = delete;
  DeviceScope& operator=(const DeviceScope&) = delete;
  ~DeviceScope();

 private:
  int before_;
};

/// The most memory of a card that cornu takes, in bytes; 0, the default, is all there is. Memory is taken when it is
/// needed. **Throws** as `set_default_device`. **See**: `tf.config.set_logical_device_configuration`.
void set_memory_limit(const std::string& device, std::uint64_t bytes);

/// How a backend knows cards.
struct GpuBackend {
  std::vector<DeviceInfo> (*list)() = nullptr;
  /// Opens the card of that number, which is usable.
  std::shared_ptr<Queue> (*open)(int number) = nullptr;
};

/// A backend says so at static initialisation. Returns the one before.
GpuBackend register_gpus(const GpuBackend& backend);

}  // namespace cornu
