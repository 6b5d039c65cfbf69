#include "framework/backends/onednn/vector/executable_memory.h"

#include <sys/mman.h>

#include <cstring>
#include <map>
#include <mutex>

namespace cornu::vector {
namespace {

struct Kept {
  std::mutex mutex;
  std::map<std::vector<std::uint8_t>, std::weak_ptr<const ExecutableMemory>> by_code;
  std::size_t next_sweep = 64;  // entries at which those are removed whose memory is gone
};

// Never destroyed: kernels may outlive static objects.
Kept& kept() {
  static Kept& all = *new Kept;
  return all;
}

}  // namespace

std::shared_ptr<const ExecutableMemory> ExecutableMemory::holding(const std::vector<std::uint8_t>& code) {
  Kept& all = kept();
  const std::lock_guard lock(all.mutex);
  if (const auto found = all.by_code.find(code); found != all.by_code.end()) {
    if (auto memory = found->second.lock()) return memory;
  }
  void* pages = mmap(nullptr, code.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) return nullptr;
  std::shared_ptr<const ExecutableMemory> memory(new ExecutableMemory(pages, code.size()));
  std::memcpy(pages, code.data(), code.size());
  if (mprotect(pages, code.size(), PROT_READ | PROT_EXEC) != 0) return nullptr;
  all.by_code[code] = memory;
  if (all.by_code.size() >= all.next_sweep) {
    std::erase_if(all.by_code, [](const auto& entry) { return entry.second.expired(); });
    all.next_sweep = 2 * all.by_code.size() + 64;
  }
  return memory;
}

ExecutableMemory::~ExecutableMemory() { munmap(pages_, num_bytes_); }

}  // namespace cornu::vector
