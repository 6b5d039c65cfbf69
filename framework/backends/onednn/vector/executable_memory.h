#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace cornu::vector {

/// Machine code made at run time, in pages that are written once and then only read and executed.
///
/// Code must not depend on where it lies. Equal code is kept once: a thousand equal chains take one page.
class ExecutableMemory {
 public:
  /// Null where the system gives no such memory, as hardened ones do.
  static std::shared_ptr<const ExecutableMemory> holding(const std::vector<std::uint8_t>& code);

  ExecutableMemory(const ExecutableMemory&) = delete;
  ExecutableMemory& operator=(const ExecutableMemory&) = delete;
  ~ExecutableMemory();

  void* begin() const { return pages_; }

 private:
  ExecutableMemory(void* pages, std::size_t num_bytes) : pages_(pages), num_bytes_(num_bytes) {}

  void* pages_;
  std::size_t num_bytes_;
};

}  // namespace cornu::vector
