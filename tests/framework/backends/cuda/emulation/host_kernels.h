#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace cornu::test {

/// Kernels in CUDA C++, compiled for the host by the compiler that made the tests: they run what a card runs, thread by
/// thread. Compiled code is kept in the build folder by the hash of its text.
class HostKernels {
 public:
  /// **Throws** Error with what the compiler says.
  explicit HostKernels(const std::string& text);

  /// Whether there is a kernel of that name.
  bool has(const std::string& name) const;
  std::size_t num_operands(const std::string& name) const;

  /// Runs a kernel over a grid; `operands` are addresses. Threads of a block take turns where they wait for one
  /// another.
  void run(const std::string& name, unsigned int blocks, unsigned int threads, void* const* operands) const;

 private:
  void* symbol(const std::string& name) const;

  std::shared_ptr<void> library_;
  bool waits_;
};

}  // namespace cornu::test
