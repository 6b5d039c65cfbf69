#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "framework/backends/onednn/vector/block_loop.h"
#include "framework/backends/onednn/vector/block_operand.h"
#include "framework/elementwise_program.h"
#include "framework/kernel.h"

namespace cornu::vector {

/// A chain of elementwise operations on floats, run block by block: each block goes through all steps while it is in
/// the first cache, so that memory is read and written once however long the chain is.
///
/// Runs of simple steps are loops of machine code, where the machine and the system allow it (block_loop.h); functions
/// over blocks do the rest.
///
/// The numbers are float32 and bool; elements of other types are converted where a block is read or written. In a chain
/// on float16 or bfloat16 the values between the steps keep float32's digits, unless a cast asks to round them.
class BlockProgram final : public Kernel {
 public:
  /// Null for a chain that is not served, such as arithmetic on integers.
  static std::unique_ptr<BlockProgram> compile(const ElementwiseProgram& program, std::span<const TensorSpec> inputs,
                                               std::span<const TensorSpec> outputs);
  /// The same with loops of that width; without one, only functions over blocks. The results are the same to the bit.
  static std::unique_ptr<BlockProgram> compile(const ElementwiseProgram& program, std::span<const TensorSpec> inputs,
                                               std::span<const TensorSpec> outputs,
                                               std::optional<VectorAssembler::Width> width);

  void run(const KernelArguments& arguments) const override;

  /// True where both have as many elements of one size. All outputs may share inputs at once.
  bool can_share(std::size_t input, std::size_t output) const override;

 private:
  friend class BlockCompiler;
  BlockProgram() = default;

  // All registers of a block lie on the stack.
  static constexpr int kRegisterFloats = 6 * 1024;
  static constexpr int kMaxSlots = 512;

  // A block's values are found through slots: first what the inputs point to, then the outputs, then the registers.
  struct Instruction {
    BlockFunction function;
    std::array<int, 3> operands;
    int result;
    std::shared_ptr<const BlockLoop> loop;  // instead of the function, where there is one
  };
  struct Input {
    enum class Place {
      kMemory,    // full float32, or bytes that only loops read: where it lies
      kNumber,    // one float for all blocks
      kRun,       // one float for each block
      kRegister,  // gathered for each block
      kResident,  // in a register that holds the same elements for every block
    };
    BlockOperand operand;
    Place place;
    int register_number;  // -1 without register
  };
  struct Output {
    StoreFunction store;
    std::size_t element_size;
    int source;                    // slot to store from at the end of the block; -1: its step writes to memory
    int reserve;                   // register to write to instead while the memory is still needed as an input
    std::vector<int> late_inputs;  // read where they lie after this output is written
  };

  int output_slot(std::size_t output) const { return static_cast<int>(inputs_.size() + output); }
  int register_slot(int number) const { return static_cast<int>(inputs_.size() + outputs_.size()) + number; }
  bool is_deferred(std::size_t output, const KernelArguments& arguments) const;
  void run_elements(const KernelArguments& arguments, std::int64_t first, std::int64_t end) const;

  std::vector<Instruction> instructions_;
  std::vector<Input> inputs_;
  std::vector<Output> outputs_;
  std::int64_t count_ = 0;
  std::int64_t cost_ = 0;  // of an element, in additions
  int num_registers_ = 0;
  int block_ = 0;    // elements of a block
  int granule_ = 0;  // elements that threads do not divide
};

}  // namespace cornu::vector
