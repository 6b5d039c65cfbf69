#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "framework/kernel.h"

namespace cornu::cuda {

/// One launch of a kernel in CUDA C++: plain data, made without a card.
struct Launch {
  /// An address that the kernel is given.
  struct Operand {
    enum class Kind { kInput, kOutput, kScratch };
    Kind kind;
    std::size_t index;  ///< number of an input or output of the operation; of scratch memory the offset in bytes
  };

  std::string name;  ///< of the kernel in the text
  std::string text;
  unsigned int blocks;
  unsigned int threads;  ///< in a block
  std::vector<Operand> operands;

  static Operand input(std::size_t number) { return {Operand::Kind::kInput, number}; }
  static Operand output(std::size_t number) { return {Operand::Kind::kOutput, number}; }
  static Operand scratch(std::size_t offset) { return {Operand::Kind::kScratch, offset}; }
};

inline constexpr unsigned int kThreads = 256;  ///< in most blocks

/// Blocks of `kThreads` threads for so many things to do, of which a thread takes one after another if they are many:
/// enough to fill any card.
unsigned int blocks_for(std::int64_t count);

/// A kernel of which launches of generated kernels are a part.
class LaunchingKernel : public Kernel {
 public:
  virtual std::vector<const Launch*> all_launches() const = 0;
};

/// The launches of a kernel; none of one that has no such part.
std::vector<const Launch*> launches_of(const Kernel& kernel);

/// An operation that is computed by launches of generated kernels, one after another.
class LaunchKernel final : public LaunchingKernel {
 public:
  /// `shares` are the pairs of an input and an output that may be the same memory.
  explicit LaunchKernel(std::vector<Launch> launches, std::size_t scratch_bytes = 0,
                        std::vector<std::pair<std::size_t, std::size_t>> shares = {});

  void run(const KernelArguments& arguments) const override;
  std::size_t scratch_bytes() const override { return scratch_bytes_; }
  bool can_share(std::size_t input, std::size_t output) const override;
  /// Such as `sum_rows<<<132, 256>>>`.
  std::string implementation() const override;

  std::vector<const Launch*> all_launches() const override;

  const std::vector<Launch>& launches() const { return launches_; }

 private:
  std::vector<Launch> launches_;
  std::size_t scratch_bytes_;
  std::vector<std::pair<std::size_t, std::size_t>> shares_;  // sorted
};

}  // namespace cornu::cuda
