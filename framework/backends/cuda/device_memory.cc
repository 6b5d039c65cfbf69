#include "framework/backends/cuda/device_memory.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "framework/error.h"

namespace cornu::cuda {
namespace {

constexpr std::size_t kListed = 5;  // of the largest blocks
constexpr std::size_t kLeastOnHost = 256;
constexpr std::size_t kMostIdleOnHost = std::size_t{64} << 20;

std::string megabytes(std::uint64_t bytes) {
  const std::uint64_t tenths = (bytes * 10 + (1u << 19)) >> 20;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MiB";
}

}  // namespace

Storage DeviceMemory::allocate(std::size_t bytes, const std::string& purpose) {
  if (bytes == 0) return nullptr;
  const std::lock_guard lock(*mutex_);
  if (limit_ > 0 && used_ + bytes > limit_) {
    throw_out_of_memory(bytes, purpose, "set_memory_limit allows " + megabytes(limit_));
  }
  CUdeviceptr address = 0;
  const CUresult result = driver_.mem_alloc_async(&address, bytes, stream_);
  if (result == CUDA_ERROR_OUT_OF_MEMORY) throw_out_of_memory(bytes, purpose, "the card has no more");
  driver_.check(result, "cuMemAllocAsync");
  blocks_.emplace(address, Block{bytes, purpose});
  used_ += bytes;
  return {reinterpret_cast<void*>(address),
          [memory = shared_from_this()](void* pointer) { memory->free(reinterpret_cast<CUdeviceptr>(pointer)); }};
}

Storage DeviceMemory::allocate_on_host(std::size_t bytes) {
  if (bytes == 0) return nullptr;
  const std::lock_guard lock(*mutex_);
  const std::size_t size = std::bit_ceil(std::max(bytes, kLeastOnHost));
  void* memory = nullptr;
  if (const auto idle = idle_on_host_.find(size); idle != idle_on_host_.end()) {
    memory = idle->second;
    idle_bytes_ -= size;
    idle_on_host_.erase(idle);
  } else {
    const CUresult result = driver_.mem_host_alloc(&memory, size, 0);
    if (result == CUDA_ERROR_OUT_OF_MEMORY) {
      throw OutOfMemory(device_ + ": the host has no " + megabytes(size) + " of memory that the card can copy from");
    }
    driver_.check(result, "cuMemHostAlloc");
  }
  return {memory, [owner = shared_from_this(), size](void* pointer) { owner->free_on_host(pointer, size); }};
}

void DeviceMemory::free_on_host(void* memory, std::size_t bytes) {
  const std::lock_guard lock(*mutex_);
  if (idle_bytes_ + bytes <= kMostIdleOnHost) {
    idle_on_host_.emplace(bytes, memory);
    idle_bytes_ += bytes;
    return;
  }
  static_cast<void>(driver_.ctx_set_current(context_));
  static_cast<void>(driver_.mem_free_host(memory));
}

DeviceMemory::~DeviceMemory() {
  static_cast<void>(driver_.ctx_set_current(context_));
  for (const auto& [bytes, memory] : idle_on_host_) static_cast<void>(driver_.mem_free_host(memory));
}

// Errors are not told: memory is given back in destructors, and a card that fails fails at the next call as well.
void DeviceMemory::free(CUdeviceptr address) {
  const std::lock_guard lock(*mutex_);
  static_cast<void>(driver_.ctx_set_current(context_));
  const auto block = blocks_.find(address);
  used_ -= block->second.bytes;
  blocks_.erase(block);
  static_cast<void>(driver_.mem_free_async(address, stream_));
}

void DeviceMemory::set_limit(std::uint64_t bytes) {
  const std::lock_guard lock(*mutex_);
  limit_ = bytes;
}

std::uint64_t DeviceMemory::used() const {
  const std::lock_guard lock(*mutex_);
  return used_;
}

void DeviceMemory::throw_out_of_memory(std::size_t bytes, const std::string& purpose, const std::string& why) const {
  std::vector<const Block*> largest;
  for (const auto& [address, block] : blocks_) largest.push_back(&block);
  std::stable_sort(largest.begin(), largest.end(), [](const Block* a, const Block* b) { return a->bytes > b->bytes; });
  std::string list;
  for (std::size_t i = 0; i < std::min(kListed, largest.size()); ++i)
    list += "\n  " + megabytes(largest[i]->bytes) + "  " + largest[i]->purpose;
  throw OutOfMemory(device_ + ": there is no memory for " + megabytes(bytes) + " (" + purpose + "): " + why +
                    ", of which cornu holds " + megabytes(used_) +
                    (list.empty() ? "" : ". The largest pieces:" + list) +
                    "\nUse smaller batches, or free models that are not needed.");
}

}  // namespace cornu::cuda
