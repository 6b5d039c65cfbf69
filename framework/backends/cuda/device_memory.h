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
  /// `mutex` guards the stream: what is given back while another thread records its work must not be recorded too.
  DeviceMemory(const Driver& driver, CUcontext context, CUstream stream, std::shared_ptr<std::recursive_mutex> mutex,
               std::string device)
      : driver_(driver), context_(context), stream_(stream), mutex_(std::move(mutex)), device_(std::move(device)) {}
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;
  ~DeviceMemory();

  /// Uninitialised memory, 256-byte aligned. Nothing for 0 bytes. **Throws** OutOfMemory that lists what takes most.
  Storage allocate(std::size_t bytes, const std::string& purpose);
  /// Memory of the host that the card copies from and to by itself. What is given back is kept for the next, because
  /// the driver takes long to make it.
  Storage allocate_on_host(std::size_t bytes);

  /// The most bytes it holds; 0 for no limit.
  void set_limit(std::uint64_t bytes);
  std::uint64_t used() const;

 private:
  struct Block {
    std::size_t bytes;
    std::string purpose;
  };
  void free(CUdeviceptr address);
  void free_on_host(void* memory, std::size_t bytes);
  [[noreturn]] void throw_out_of_memory(std::size_t bytes, const std::string& purpose, const std::string& why) const;

  const Driver driver_;
  CUcontext context_;
  CUstream stream_;
  std::shared_ptr<std::recursive_mutex> mutex_;
  const std::string device_;
  std::map<CUdeviceptr, Block> blocks_;
  std::multimap<std::size_t, void*> idle_on_host_;  // by size
  std::size_t idle_bytes_ = 0;
  std::uint64_t used_ = 0;
  std::uint64_t limit_ = 0;
};

}  // namespace cornu::cuda
