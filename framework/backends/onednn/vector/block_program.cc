#include "framework/backends/onednn/vector/block_program.h"

#include <omp.h>

#include <algorithm>
#include <cstring>

#include "framework/backends/onednn/vector/block_compiler.h"

namespace cornu::vector {
namespace {

// Additions that take about 5 microseconds: with less work a thread costs more than it saves.
constexpr std::int64_t kCostPerThread = 128 * 1024;
constexpr std::size_t kMaxSteps = 128;

}  // namespace

std::unique_ptr<BlockProgram> BlockProgram::compile(const ElementwiseProgram& program,
                                                    std::span<const TensorSpec> inputs,
                                                    std::span<const TensorSpec> outputs) {
  return compile(program, inputs, outputs, BlockLoop::usable_width());
}

std::unique_ptr<BlockProgram> BlockProgram::compile(const ElementwiseProgram& program,
                                                    std::span<const TensorSpec> inputs,
                                                    std::span<const TensorSpec> outputs,
                                                    std::optional<VectorAssembler::Width> width) {
  // Loops that find too few registers are cut in two.
  for (std::size_t max_steps = kMaxSteps; max_steps > 0; max_steps = width ? max_steps / 2 : 0) {
    BlockCompiler compiler(program, inputs, outputs, width, max_steps);
    if (!compiler.find_values()) return nullptr;
    if (auto result = compiler.compile()) return result;
  }
  return width ? compile(program, inputs, outputs, std::nullopt) : nullptr;
}

bool BlockProgram::can_share(std::size_t input, std::size_t output) const {
  const BlockOperand& operand = inputs_[input].operand;
  return operand.is_full() && operand.element_size() == outputs_[output].element_size;
}

void BlockProgram::run(const KernelArguments& arguments) const {
  const std::int64_t num_granules = (count_ + granule_ - 1) / granule_;
  const std::int64_t wanted = std::min(num_granules, count_ * cost_ / kCostPerThread);
  const auto num_threads = static_cast<int>(std::min<std::int64_t>(wanted, omp_get_max_threads()));
  if (num_threads < 2) {
    run_elements(arguments, 0, count_);
    return;
  }
#pragma omp parallel num_threads(num_threads)
  {
    const std::int64_t share = omp_get_num_threads();
    const std::int64_t thread = omp_get_thread_num();
    const auto first_of = [&](std::int64_t i) { return std::min(num_granules * i / share * granule_, count_); };
    run_elements(arguments, first_of(thread), first_of(thread + 1));
  }
}

bool BlockProgram::is_deferred(std::size_t output, const KernelArguments& arguments) const {
  const std::vector<int>& inputs = outputs_[output].late_inputs;
  return std::any_of(inputs.begin(), inputs.end(), [&](int input) {
    return arguments.inputs[static_cast<std::size_t>(input)] == arguments.outputs[output];
  });
}

void BlockProgram::run_elements(const KernelArguments& arguments, std::int64_t first, std::int64_t end) const {
  if (first == end) return;
  alignas(64) float registers[kRegisterFloats];
  float* slots[kMaxSlots];
  float numbers[kMaxSlots];
  bool deferred[kMaxSlots];
  const auto memory_of = [&](int number) { return registers + number * block_; };
  const auto count_from = [&](std::int64_t begin) {
    return static_cast<int>(std::min<std::int64_t>(block_, end - begin));
  };
  // Only outputs are written to; slots of both kinds lie in one array.
  const auto input_at = [&](std::size_t i, std::int64_t begin) {
    const auto* data = static_cast<const std::byte*>(arguments.inputs[i]);
    return reinterpret_cast<float*>(
        const_cast<std::byte*>(data + static_cast<std::size_t>(begin) * inputs_[i].operand.element_size()));
  };
  const auto output_at = [&](std::size_t i, std::int64_t begin) {
    return static_cast<std::byte*>(arguments.outputs[i]) + static_cast<std::size_t>(begin) * outputs_[i].element_size;
  };

  const int first_register = register_slot(0);
  for (int i = 0; i < num_registers_; ++i) slots[first_register + i] = memory_of(i);
  const auto read_input = [&](std::size_t i, std::int64_t begin, int count, float* target) {
    slots[i] = const_cast<float*>(inputs_[i].operand.read(arguments.inputs[i], begin, count, target));
  };
  const auto target_of = [&](const Input& input) {
    return input.register_number >= 0 ? memory_of(input.register_number) : nullptr;
  };
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    if (inputs_[i].place == Input::Place::kNumber) read_input(i, 0, 1, &numbers[i]);
    if (inputs_[i].place == Input::Place::kResident) read_input(i, first, count_from(first), target_of(inputs_[i]));
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) deferred[i] = is_deferred(i, arguments);

  for (std::int64_t begin = first; begin < end; begin += block_) {
    const int count = count_from(begin);
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (inputs_[i].place == Input::Place::kRegister) read_input(i, begin, count, target_of(inputs_[i]));
      if (inputs_[i].place == Input::Place::kMemory) slots[i] = input_at(i, begin);
      if (inputs_[i].place == Input::Place::kRun) {
        numbers[i] = inputs_[i].operand.read_run(arguments.inputs[i], begin);
        slots[i] = &numbers[i];
      }
    }
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      slots[output_slot(i)] =
          deferred[i] ? slots[register_slot(outputs_[i].reserve)] : reinterpret_cast<float*>(output_at(i, begin));
    }
    for (const Instruction& instruction : instructions_) {
      if (instruction.loop) {
        instruction.loop->run(slots, count);
        continue;
      }
      const float* operands[3] = {slots[instruction.operands[0]], slots[instruction.operands[1]],
                                  slots[instruction.operands[2]]};
      instruction.function(operands, slots[instruction.result], count);
    }
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      const Output& output = outputs_[i];
      if (output.source >= 0) output.store(slots[output.source], output_at(i, begin), count);
      if (deferred[i])
        std::memcpy(output_at(i, begin), slots[output_slot(i)], static_cast<std::size_t>(count) * output.element_size);
    }
  }
}

}  // namespace cornu::vector
