#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/backends/onednn/vector/executable_memory.h"
#include "framework/backends/onednn/vector/vector_assembler.h"

namespace cornu::vector {

struct LoopOperation;

/// The loopable operation of that name; null where a function over blocks has to do it: whatever takes more than a few
/// instructions.
const LoopOperation* find_loop_operation(std::string_view name);

/// Several elementwise operations on a block as one loop of machine code, which keeps what is between them in vector
/// registers.
///
/// Results have the same bits as the functions of block_kernels.h give one after the other: every step is rounded, no
/// product and sum are contracted.
class BlockLoop {
 public:
  /// What lies where a slot points to.
  enum class Form {
    kFloats,  // one for each element
    kNumber,  // a float for all of them
    kTruths   // a byte for each element, 0 or 1; where has_bytes() says so
  };
  struct Place {
    int slot;
    Form form;
  };
  struct Step {
    const LoopOperation* operation;
    std::vector<int> operands;  // values: first the inputs, then one for each step
  };
  struct Output {
    int value;
    Place place;
  };

  /// The widest vectors that this machine has code for; none on other machines than x86-64 with AVX2.
  static std::optional<VectorAssembler::Width> usable_width();

  /// Null where the loop would need more registers than there are, or where memory cannot be made executable.
  static std::shared_ptr<const BlockLoop> compile(const std::vector<Place>& inputs, const std::vector<Step>& steps,
                                                  const std::vector<Output>& outputs, VectorAssembler::Width width);

  /// Outputs may lie where full inputs lie: an element is written after all of its operands are read.
  void run(float* const* slots, std::int64_t count) const { function_(slots, count); }

 private:
  using Function = void (*)(float* const* slots, std::int64_t count);

  explicit BlockLoop(std::shared_ptr<const ExecutableMemory> memory)
      : memory_(std::move(memory)), function_(reinterpret_cast<Function>(memory_->begin())) {}

  std::shared_ptr<const ExecutableMemory> memory_;
  Function function_;
};

}  // namespace cornu::vector
