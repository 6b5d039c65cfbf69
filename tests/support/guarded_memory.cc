#include "tests/support/guarded_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <new>

namespace cornu::test {
namespace {

std::size_t rounded_up(std::size_t bytes, std::size_t multiple) { return (bytes + multiple - 1) / multiple * multiple; }

}  // namespace

Storage guarded_memory(std::size_t bytes, GuardedEnd end, std::size_t alignment) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t inside = rounded_up(bytes, page);
  const std::size_t mapped = inside + 2 * page;
  void* pages = mmap(nullptr, mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  const std::shared_ptr<void> owner(pages, [mapped](void* memory) { munmap(memory, mapped); });
  std::byte* const first = static_cast<std::byte*>(pages) + page;
  if (inside > 0 && mprotect(first, inside, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
  std::memset(first, 0xFF, inside);
  return {owner, end == GuardedEnd::kFirst ? first : first + inside - rounded_up(bytes, alignment)};
}

Tensor guarded(const Tensor& tensor, GuardedEnd end) {
  Tensor copy = Tensor::from_storage(guarded_memory(tensor.num_bytes(), end), tensor.spec());
  std::memcpy(copy.raw(), tensor.raw(), tensor.num_bytes());
  return copy;
}

}  // namespace cornu::test
