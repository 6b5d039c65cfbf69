#include "framework/backends/onednn/vector/block_program.h"

#include <omp.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "framework/backends/onednn/vector/block_table.h"

namespace cornu::vector {
namespace {

// All registers of a block lie on the stack. Of a first-level cache of 32 KiB they should fill no more than a quarter:
// the rest is for operands in memory, which are on their way in or out. But blocks that are too short spend their time
// in calls.
constexpr int kRegisterFloats = 6 * 1024;
constexpr int kRegisterFloatsInCache = 2 * 1024;
constexpr int kShortBlock = 256;
constexpr int kMinBlock = 16;
constexpr int kMaxBlock = 1024;
// One step alone streams through memory; longer blocks only save calls.
constexpr int kMaxBlockOfOneStep = 2048;
constexpr int kMaxRegisters = kRegisterFloats / kMinBlock;
constexpr int kMaxSlots = 512;

// Additions that take about 5 microseconds: with less work a thread costs more than it saves.
constexpr std::int64_t kCostPerThread = 128 * 1024;
constexpr int kCostOfCast = 2;

// Types whose numbers a float32 register holds as they are.
bool is_served(DType dtype) { return (is_floating(dtype) && dtype != DType::kFloat64) || dtype == DType::kBool; }

// Operations that give truth values, whatever their operands or from truth values.
bool gives_truth(const std::string& operation) {
  static constexpr const char* kNames[] = {"equal",         "not_equal",   "less",       "less_equal",  "greater",
                                           "greater_equal", "logical_and", "logical_or", "logical_xor", "logical_not",
                                           "isnan",         "isinf",       "isfinite",   "where",       "maximum",
                                           "minimum",       "multiply"};
  return std::find(std::begin(kNames), std::end(kNames), operation) != std::end(kNames);
}

}  // namespace

// Turns a chain into instructions: first into values, then each value gets a place.
class BlockCompiler {
  using Place = BlockProgram::Input::Place;

 public:
  BlockCompiler(const ElementwiseProgram& program, std::span<const TensorSpec> inputs,
                std::span<const TensorSpec> outputs)
      : program_(program), input_specs_(inputs), output_specs_(outputs), table_(block_table()) {}

  std::unique_ptr<BlockProgram> compile() {
    if (!add_inputs() || !add_steps() || !add_outputs()) return nullptr;
    find_last_uses();
    place_inputs();
    place_steps();
    find_late_inputs();
    if (result_->num_registers_ > kMaxRegisters || result_->register_slot(result_->num_registers_) > kMaxSlots)
      return nullptr;
    choose_block();
    return std::move(result_);
  }

 private:
  // Floats of a block: an input (they come first), or the result of a step. A cast that changes nothing makes no value.
  struct Value {
    BlockFunction function = nullptr;
    std::vector<int> operands;
    int last_use = -1;  // number of the last value made from it; the number of values for what is stored at the end
    int output = -1;    // whose memory it is computed into
    int slot = -1;
  };

  // What a number of the program stands for: a value, and the type that its floats are meant as.
  struct Number {
    int value;
    DType dtype;
  };

  bool is_input(int value) const { return value < static_cast<int>(input_specs_.size()); }
  Value& value_of(int value) { return values_[static_cast<std::size_t>(value)]; }
  const Number& number_of(int number) const { return numbers_[static_cast<std::size_t>(number)]; }
  int end() const { return static_cast<int>(values_.size()); }

  bool add_inputs() {
    for (const TensorSpec& spec : input_specs_) {
      const auto operand = BlockOperand::make(spec, output_specs_[0].shape, table_);
      if (!operand) return false;
      numbers_.push_back({end(), spec.dtype});
      values_.push_back({});
      result_->inputs_.push_back({*operand, place_of(*operand), -1});
    }
    return true;
  }

  static Place place_of(const BlockOperand& operand) {
    if (operand.is_full()) return operand.is_float32() ? Place::kMemory : Place::kRegister;
    return operand.is_scalar() ? Place::kNumber : Place::kRegister;
  }

  bool add_steps() {
    return std::all_of(program_.steps.begin(), program_.steps.end(), [&](const ElementwiseProgram::Step& step) {
      return step.operation == "cast" ? add_cast(step.operands[0], step.dtype) : add_function(step);
    });
  }

  bool add_function(const ElementwiseProgram::Step& step) {
    const BlockKernel* kernel = find_kernel(table_, step.operation);
    if (!kernel || !is_served(step.dtype)) return false;
    if (step.dtype == DType::kBool && !gives_truth(step.operation)) return false;
    std::vector<int> operands;
    for (const int number : step.operands) {
      if (!is_served(number_of(number).dtype)) return false;
      operands.push_back(number_of(number).value);
    }
    BlockFunction function = kernel->function;
    if (const std::size_t mask = number_mask(operands); kernel->with_numbers[mask]) {
      function = kernel->with_numbers[mask];
    } else {
      fill_numbers(operands);
    }
    numbers_.push_back({add_value(function, kernel->cost, std::move(operands)), step.dtype});
    return true;
  }

  bool add_cast(int operand, DType dtype) {
    const Number source = number_of(operand);
    const int number = static_cast<int>(numbers_.size());
    const bool exact = is_served(source.dtype);
    const bool same = dtype == source.dtype;
    const bool widens = is_served(dtype) && (dtype == DType::kFloat32 || source.dtype == DType::kBool);
    if (!exact && !same) {
      // An input of another type becomes floats when it is read: that must be the cast asked for, or lead to it.
      if (!is_input(source.value)) return false;
      if (is_integer(source.dtype) ? !is_served(dtype) : dtype != DType::kFloat32) return false;
    }
    if (same || widens || (exact && is_only_stored(number))) {
      numbers_.push_back({source.value, dtype});
      return true;
    }
    if (!is_served(dtype)) return false;
    fill_numbers({source.value});
    numbers_.push_back({add_value(conversion_of(table_, dtype).round, kCostOfCast, {source.value}), dtype});
    return true;
  }

  bool is_only_stored(int number) const {
    return std::none_of(program_.steps.begin(), program_.steps.end(), [&](const ElementwiseProgram::Step& step) {
      return std::find(step.operands.begin(), step.operands.end(), number) != step.operands.end();
    });
  }

  // The operands that are one number, as bits.
  std::size_t number_mask(const std::vector<int>& operands) const {
    std::size_t mask = 0;
    for (std::size_t k = 0; k < operands.size(); ++k) {
      if (is_input(operands[k]) && result_->inputs_[static_cast<std::size_t>(operands[k])].operand.is_scalar())
        mask |= std::size_t{1} << k;
    }
    return mask;
  }

  // For functions that take no numbers: these fill registers.
  void fill_numbers(const std::vector<int>& operands) {
    for (const int operand : operands) {
      if (!is_input(operand)) continue;
      Place& place = result_->inputs_[static_cast<std::size_t>(operand)].place;
      if (place == Place::kNumber) place = Place::kResident;
    }
  }

  int add_value(BlockFunction function, int cost, std::vector<int> operands) {
    values_.push_back({.function = function, .operands = std::move(operands)});
    result_->cost_ += cost;
    return end() - 1;
  }

  bool add_outputs() {
    for (std::size_t i = 0; i < program_.outputs.size(); ++i) {
      const Number& number = number_of(program_.outputs[i]);
      const DType dtype = output_specs_[i].dtype;
      int value = number.value;
      if (is_input(value)) {
        // Passed on, or cast only: the floats must hold what is stored.
        if (!is_served(input_specs_[static_cast<std::size_t>(value)].dtype) && number.dtype != DType::kFloat32)
          return false;
        fill_numbers({value});
        value = add_value(conversion_of(table_, DType::kFloat32).round, kCostOfCast, {value});
      }
      const bool computed_there = dtype == DType::kFloat32 && value_of(value).output < 0;
      if (computed_there) value_of(value).output = static_cast<int>(i);
      stored_.push_back(computed_there ? -1 : value);
      result_->outputs_.push_back({conversion_of(table_, dtype).store, size_of(dtype), -1, -1, {}});
      result_->cost_ += 1;
    }
    return true;
  }

  void find_last_uses() {
    for (int i = 0; i < end(); ++i) {
      for (const int operand : value_of(i).operands) value_of(operand).last_use = i;
    }
    for (const int value : stored_) {
      if (value >= 0) value_of(value).last_use = end();
    }
  }

  // Gathered inputs get a register each, for the whole of the program.
  void place_inputs() {
    for (std::size_t i = 0; i < input_specs_.size(); ++i) {
      BlockProgram::Input& input = result_->inputs_[i];
      if (input.place == Place::kRegister || input.place == Place::kResident) {
        input.register_number = result_->num_registers_++;
      }
      values_[i].slot = static_cast<int>(i);
    }
  }

  void place_steps() {
    std::vector<int> free;
    for (int i = static_cast<int>(input_specs_.size()); i < end(); ++i) {
      Value& value = value_of(i);
      BlockProgram::Instruction instruction{value.function, {0, 0, 0}, -1};
      for (std::size_t k = 0; k < value.operands.size(); ++k) {
        Value& operand = value_of(value.operands[k]);
        instruction.operands[k] = operand.slot;
        // The result may take the register of an operand that is not needed any more.
        if (operand.last_use == i && operand.slot >= result_->register_slot(0)) {
          free.push_back(operand.slot);
          operand.last_use = -1;  // an operand used twice is free once
        }
      }
      if (value.output >= 0) {
        value.slot = result_->output_slot(static_cast<std::size_t>(value.output));
      } else {
        if (free.empty()) free.push_back(result_->register_slot(result_->num_registers_++));
        value.slot = free.back();
        free.pop_back();
      }
      instruction.result = value.slot;
      result_->instructions_.push_back(instruction);
    }
    for (std::size_t i = 0; i < stored_.size(); ++i) {
      if (stored_[i] >= 0) result_->outputs_[i].source = value_of(stored_[i]).slot;
    }
  }

  // An output that shares the memory of an input must not be written while later steps read the input there.
  void find_late_inputs() {
    const std::vector<BlockProgram::Instruction>& instructions = result_->instructions_;
    for (std::size_t i = 0; i < result_->outputs_.size(); ++i) {
      BlockProgram::Output& output = result_->outputs_[i];
      const auto writes = std::find_if(instructions.begin(), instructions.end(), [&](const auto& instruction) {
        return instruction.result == result_->output_slot(i);
      });
      if (writes == instructions.end()) continue;
      for (std::size_t k = 0; k < result_->inputs_.size(); ++k) {
        if (result_->inputs_[k].place != Place::kMemory) continue;
        const bool late = std::any_of(writes + 1, instructions.end(), [&](const auto& instruction) {
          return std::find(instruction.operands.begin(), instruction.operands.end(), static_cast<int>(k)) !=
                 instruction.operands.end();
        });
        if (late) output.late_inputs.push_back(static_cast<int>(k));
      }
      if (!output.late_inputs.empty()) output.reserve = result_->num_registers_++;
    }
  }

  // Few enough elements for the registers to stay in cache, and where possible a multiple of the lengths of repeated
  // rows: then a row that lies in its register for one block does so for all.
  void choose_block() {
    const int longest = result_->instructions_.size() == 1 ? kMaxBlockOfOneStep : kMaxBlock;
    const int num_registers = std::max(result_->num_registers_, 1);
    const int preferred = std::max(kRegisterFloatsInCache / num_registers, kShortBlock);
    const std::int64_t limit = std::min({longest, preferred, kRegisterFloats / num_registers});
    std::int64_t period = 1;
    for (BlockProgram::Input& input : result_->inputs_) {
      if (const std::int64_t row = input.operand.period(); row > 0 && std::lcm(period, row) <= limit) {
        period = std::lcm(period, row);
        input.place = Place::kResident;
      }
    }
    // Whole vectors, so that blocks start where a cache line does.
    if (std::lcm(period, std::int64_t{16}) <= limit) period = std::lcm(period, std::int64_t{16});
    result_->block_ = static_cast<int>(limit / period * period);
    result_->count_ = output_specs_[0].shape.num_elements();
  }

  const ElementwiseProgram& program_;
  std::span<const TensorSpec> input_specs_;
  std::span<const TensorSpec> output_specs_;
  const BlockTable& table_;
  std::unique_ptr<BlockProgram> result_{new BlockProgram};
  std::vector<Value> values_;
  std::vector<Number> numbers_;
  std::vector<int> stored_;  // for each output the value that is stored at the end of a block; -1: computed in place
};

std::unique_ptr<BlockProgram> BlockProgram::compile(const ElementwiseProgram& program,
                                                    std::span<const TensorSpec> inputs,
                                                    std::span<const TensorSpec> outputs) {
  return BlockCompiler(program, inputs, outputs).compile();
}

bool BlockProgram::can_share(std::size_t input, std::size_t output) const {
  const BlockOperand& operand = inputs_[input].operand;
  return operand.is_full() && operand.element_size() == outputs_[output].element_size;
}

void BlockProgram::run(const KernelArguments& arguments) const {
  const std::int64_t num_blocks = (count_ + block_ - 1) / block_;
  const std::int64_t wanted = std::min(num_blocks, count_ * cost_ / kCostPerThread);
  const auto num_threads = static_cast<int>(std::min<std::int64_t>(wanted, omp_get_max_threads()));
  if (num_threads < 2) {
    run_blocks(arguments, 0, num_blocks);
    return;
  }
#pragma omp parallel num_threads(num_threads)
  {
    const std::int64_t share = omp_get_num_threads();
    const std::int64_t thread = omp_get_thread_num();
    run_blocks(arguments, num_blocks * thread / share, num_blocks * (thread + 1) / share);
  }
}

bool BlockProgram::is_deferred(const Output& output, std::size_t index, const KernelArguments& arguments) const {
  return std::any_of(output.late_inputs.begin(), output.late_inputs.end(), [&](int input) {
    return arguments.inputs[static_cast<std::size_t>(input)] == arguments.outputs[index];
  });
}

void BlockProgram::run_blocks(const KernelArguments& arguments, std::int64_t first, std::int64_t last) const {
  if (first == last) return;
  alignas(64) float registers[kRegisterFloats];
  float* slots[kMaxSlots];
  float numbers[kMaxSlots];
  int stored_from[kMaxSlots];
  const auto memory_of = [&](int number) { return registers + number * block_; };
  const auto elements_of = [&](std::int64_t begin) {
    return static_cast<int>(std::min<std::int64_t>(block_, count_ - begin));
  };

  const int first_register = register_slot(0);
  for (int i = 0; i < num_registers_; ++i) slots[first_register + i] = memory_of(i);
  // Only outputs are written to; slots of both kinds lie in one array.
  const auto read_input = [&](std::size_t i, std::int64_t begin, int count, float* target) {
    slots[i] = const_cast<float*>(inputs_[i].operand.read(arguments.inputs[i], begin, count, target));
  };
  const auto target_of = [&](const Input& input) {
    return input.register_number >= 0 ? memory_of(input.register_number) : nullptr;
  };
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    if (inputs_[i].place == Input::Place::kNumber) read_input(i, 0, 1, &numbers[i]);
    if (inputs_[i].place == Input::Place::kResident)
      read_input(i, 0, elements_of(first * block_), target_of(inputs_[i]));
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    const Output& output = outputs_[i];
    stored_from[i] = is_deferred(output, i, arguments) ? register_slot(output.reserve) : output.source;
  }

  for (std::int64_t block = first; block < last; ++block) {
    const std::int64_t begin = block * block_;
    const int count = elements_of(begin);
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const Input::Place place = inputs_[i].place;
      const bool per_block = place == Input::Place::kMemory || place == Input::Place::kRegister;
      if (per_block) read_input(i, begin, count, target_of(inputs_[i]));
    }
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      const bool deferred = outputs_[i].source < 0 && stored_from[i] >= 0;
      slots[output_slot(i)] = deferred ? slots[stored_from[i]] : static_cast<float*>(arguments.outputs[i]) + begin;
    }
    for (const Instruction& instruction : instructions_) {
      const float* operands[3] = {slots[instruction.operands[0]], slots[instruction.operands[1]],
                                  slots[instruction.operands[2]]};
      instruction.function(operands, slots[instruction.result], count);
    }
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      if (stored_from[i] < 0) continue;
      auto* target =
          static_cast<std::byte*>(arguments.outputs[i]) + static_cast<std::size_t>(begin) * outputs_[i].element_size;
      outputs_[i].store(slots[stored_from[i]], target, count);
    }
  }
}

}  // namespace cornu::vector
