#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "framework/backends/cuda/driver.h"
#include "framework/tensor.h"

namespace cornu::cuda {

/// The memory of a card that cornu holds. It is taken from the driver's pool and given back in the order of a stream,
/// without waiting.
class DeviceMemory : public std::enable_shared_from_this<DeviceMemory> {
 public:
  DeviceMemory(const Driver& driver, CUstream stream, std::string device)
      : driver_(driver), stream_(stream), device_(std::move(device)) {}

  /// Uninitialised memory, 256-byte aligned. Nothing for 0 bytes. **Throws** OutOfMemory that lists what takes most.
  Storage allocate(std::size_t bytes, const std::string& purpose);

  /// The most bytes it holds; 0 for no limit.
  void set_limit(std::uint64_t bytes);
  std::uint64_t used() const;

 private:
  struct Block {
    std::size_t bytes;
    std::string purpose;
  };
  void free(CUdeviceptr address);
  [[noreturn]] void throw_out_of_memory(std::size_t bytes, const std::string& purpose, const std::string& why) const;

  const Driver driver_;
  CUstream stream_;
  const std::string device_;
  mutable std::mutex mutex_;
  std::map<CUdeviceptr, Block> blocks_;
  std::uint64_t used_ = 0;
  std::uint64_t limit_ = 0;
};

}  // namespace cornu::cuda
