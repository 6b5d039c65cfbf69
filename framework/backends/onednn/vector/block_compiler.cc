#include "framework/backends/onednn/vector/block_compiler.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <utility>

namespace cornu::vector {
namespace {

// Registers of a block should leave most of a first-level cache of 32 KiB to operands in memory, which are on their way
// in or out; and short blocks read and write in short bursts, which hides what memory takes behind the functions. But
// blocks that are too short spend their time in calls.
constexpr int kRegisterFloatsInCache = 1024;
constexpr int kShortBlock = 256;
constexpr int kMinBlock = 16;
constexpr int kMaxBlock = 512;
// With operands that are not in the second cache, a block's lines should be few enough to be on their way all at once,
// while functions compute.
constexpr int kMaxBlockFromMemory = 128;
constexpr std::int64_t kSecondCache = 1024 * 1024;
// One step alone streams through memory; longer blocks only save calls.
constexpr int kMaxBlockOfOneStep = 2048;
constexpr int kUnlimitedBlock = 1 << 30;
constexpr int kGranule = 256;
// Shorter runs are repeated instead.
constexpr int kShortestRun = 64;
constexpr int kMaxRun = 1 << 16;
constexpr int kCostOfCast = 2;

// Types whose numbers a float32 register holds as they are.
bool is_served(DType dtype) { return (is_floating(dtype) && dtype != DType::kFloat64) || dtype == DType::kBool; }

std::int64_t largest_divisor(std::int64_t number, std::int64_t limit) {
  std::int64_t divisor = std::min(number, limit);
  while (divisor > 0 && number % divisor != 0) --divisor;
  return divisor;
}

// Operations that give truth values, whatever their operands or from truth values.
bool gives_truth(const std::string& operation) {
  static constexpr const char* kNames[] = {"equal",         "not_equal",   "less",       "less_equal",  "greater",
                                           "greater_equal", "logical_and", "logical_or", "logical_xor", "logical_not",
                                           "isnan",         "isinf",       "isfinite",   "where",       "maximum",
                                           "minimum",       "multiply"};
  return std::find(std::begin(kNames), std::end(kNames), operation) != std::end(kNames);
}

}  // namespace

BlockCompiler::BlockCompiler(const ElementwiseProgram& program, std::span<const TensorSpec> inputs,
                             std::span<const TensorSpec> outputs, std::optional<VectorAssembler::Width> width,
                             std::size_t max_steps)
    : program_(program),
      input_specs_(inputs),
      output_specs_(outputs),
      table_(block_table()),
      width_(width),
      max_steps_(max_steps),
      result_(new BlockProgram) {}

bool BlockCompiler::find_values() { return add_inputs() && add_steps() && add_outputs(); }

std::unique_ptr<BlockProgram> BlockCompiler::compile() {
  make_units();
  connect_bytes();
  find_runs();
  find_last_uses();
  place_inputs();
  if (!place_units()) return nullptr;
  choose_block();
  return std::move(result_);
}

// --- values --------------------------------------------------------------------------------------------------------

bool BlockCompiler::add_inputs() {
  for (const TensorSpec& spec : input_specs_) {
    const auto operand = BlockOperand::make(spec, output_specs_[0].shape, table_);
    if (!operand) return false;
    numbers_.push_back({num_values(), spec.dtype});
    values_.push_back({});
    result_->inputs_.push_back({*operand, place_of(*operand), -1});
  }
  return true;
}

BlockProgram::Input::Place BlockCompiler::place_of(const BlockOperand& operand) {
  if (operand.is_full()) return operand.is_float32() ? Place::kMemory : Place::kRegister;
  return operand.is_scalar() ? Place::kNumber : Place::kRegister;
}

bool BlockCompiler::add_steps() {
  return std::all_of(program_.steps.begin(), program_.steps.end(), [&](const ElementwiseProgram::Step& step) {
    return step.operation == "cast" ? add_cast(step.operands[0], step.dtype) : add_function(step);
  });
}

bool BlockCompiler::add_function(const ElementwiseProgram::Step& step) {
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
  const LoopOperation* operation = find_loop_operation(step.operation);
  numbers_.push_back(
      {add_value({.function = function, .operation = operation, .operands = std::move(operands)}, kernel->cost),
       step.dtype});
  return true;
}

bool BlockCompiler::add_cast(int operand, DType dtype) {
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
  const LoopOperation* operation = dtype == DType::kBool ? find_loop_operation("truth") : nullptr;
  const BlockFunction round = conversion_of(table_, dtype).round;
  numbers_.push_back(
      {add_value({.function = round, .operation = operation, .operands = {source.value}}, kCostOfCast), dtype});
  return true;
}

bool BlockCompiler::is_only_stored(int number) const {
  return std::none_of(program_.steps.begin(), program_.steps.end(), [&](const ElementwiseProgram::Step& step) {
    return std::find(step.operands.begin(), step.operands.end(), number) != step.operands.end();
  });
}

// The operands that are one number, as bits.
std::size_t BlockCompiler::number_mask(const std::vector<int>& operands) {
  std::size_t mask = 0;
  for (std::size_t k = 0; k < operands.size(); ++k) {
    if (is_input(operands[k]) && result_->inputs_[static_cast<std::size_t>(operands[k])].operand.is_scalar())
      mask |= std::size_t{1} << k;
  }
  return mask;
}

// For functions that take no numbers: these fill registers.
void BlockCompiler::fill_numbers(const std::vector<int>& operands) {
  for (const int operand : operands) {
    if (!is_input(operand)) continue;
    Place& place = result_->inputs_[static_cast<std::size_t>(operand)].place;
    if (place == Place::kNumber) place = Place::kResident;
  }
}

int BlockCompiler::add_value(Value value, int cost) {
  values_.push_back(std::move(value));
  result_->cost_ += cost;
  return num_values() - 1;
}

bool BlockCompiler::add_outputs() {
  for (std::size_t i = 0; i < program_.outputs.size(); ++i) {
    const Number& number = number_of(program_.outputs[i]);
    const DType dtype = output_specs_[i].dtype;
    int value = number.value;
    if (is_input(value)) {
      // Passed on, or cast only: the floats must hold what is stored.
      if (!is_served(input_specs_[static_cast<std::size_t>(value)].dtype) && number.dtype != DType::kFloat32)
        return false;
      fill_numbers({value});
      const BlockFunction copy = conversion_of(table_, DType::kFloat32).round;
      value = add_value({.function = copy, .operation = find_loop_operation("copy"), .operands = {value}}, kCostOfCast);
    }
    const bool computed_there = dtype == DType::kFloat32 && value_of(value).output < 0;
    if (computed_there) value_of(value).output = static_cast<int>(i);
    stored_.push_back(computed_there ? -1 : value);
    result_->outputs_.push_back({conversion_of(table_, dtype).store, size_of(dtype), -1, -1, {}});
    result_->cost_ += 1;
  }
  return true;
}

// --- units ---------------------------------------------------------------------------------------------------------

// All that loops can do with what is there, then all that functions can do with it, and so on: few loops, each long.
void BlockCompiler::make_units() {
  std::vector<int> left(static_cast<std::size_t>(num_values() - num_inputs()));
  std::iota(left.begin(), left.end(), num_inputs());
  std::vector<bool> done(values_.size(), false);
  std::fill_n(done.begin(), input_specs_.size(), true);
  const auto take = [&](bool for_loops) {
    std::vector<int> taken;
    std::erase_if(left, [&](int value) {
      const std::vector<int>& operands = value_of(value).operands;
      const bool suits = (width_ && value_of(value).operation != nullptr) == for_loops;
      const bool ready = suits && std::all_of(operands.begin(), operands.end(),
                                              [&](int operand) { return done[static_cast<std::size_t>(operand)]; });
      if (ready) {
        done[static_cast<std::size_t>(value)] = true;
        taken.push_back(value);
      }
      return ready;
    });
    return taken;
  };
  while (!left.empty()) {
    add_loops(take(true));
    for (const int value : take(false)) add_unit({value}, false);
  }
}

void BlockCompiler::add_loops(const std::vector<int>& values) {
  for (std::size_t begin = 0; begin < values.size(); begin += max_steps_) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto count = static_cast<std::ptrdiff_t>(std::min(max_steps_, values.size() - begin));
    add_unit({first, first + count}, true);
  }
}

void BlockCompiler::add_unit(std::vector<int> values, bool is_loop) {
  for (const int value : values) value_of(value).unit = num_units();
  units_.push_back({std::move(values), is_loop});
}

bool BlockCompiler::is_read_by_loops_only(int input) {
  return std::all_of(units_.begin(), units_.end(), [&](const Unit& unit) {
    const std::vector<int> operands = operands_of(unit);
    return unit.is_loop || std::find(operands.begin(), operands.end(), input) == operands.end();
  });
}

// Bools that only loops read or write stay bytes.
void BlockCompiler::connect_bytes() {
  bytes_from_.assign(output_specs_.size(), -1);
  const bool has_bytes = width_ && VectorAssembler(*width_).has_bytes();
  if (!has_bytes) return;
  for (int i = 0; i < num_inputs(); ++i) {
    const TensorSpec& spec = input_specs_[static_cast<std::size_t>(i)];
    if (spec.dtype != DType::kBool || !input_of(i).operand.is_full()) continue;
    if (is_read_by_loops_only(i)) input_of(i).place = Place::kMemory;
  }
  for (std::size_t i = 0; i < stored_.size(); ++i) {
    if (output_specs_[i].dtype != DType::kBool || stored_[i] < 0) continue;
    if (!units_[static_cast<std::size_t>(value_of(stored_[i]).unit)].is_loop) continue;
    bytes_from_[i] = std::exchange(stored_[i], -1);
  }
}

// What is one number for each row need not be repeated for loops, if blocks are rows or parts of rows.
void BlockCompiler::find_runs() {
  std::vector<int> candidates;
  for (int i = 0; i < num_inputs(); ++i) {
    const std::int64_t run = input_of(i).operand.run();
    if (input_of(i).place != Place::kRegister || run == 0 || !is_read_by_loops_only(i)) continue;
    candidates.push_back(i);
    run_ = run_ == 0 ? run : std::gcd(run_, run);
  }
  if (largest_divisor(run_, kShortBlock) < kShortestRun) run_ = 0;
  for (const int i : candidates) {
    if (run_ > 0) input_of(i).place = Place::kRun;
  }
}

// What a unit reads of what others make, without repetition.
std::vector<int> BlockCompiler::operands_of(const Unit& unit) {
  std::vector<int> operands;
  for (const int value : unit.values) {
    for (const int operand : value_of(value).operands) {
      const bool inside = !is_input(operand) && value_of(operand).unit == value_of(value).unit;
      const bool known = std::find(operands.begin(), operands.end(), operand) != operands.end();
      if (!inside && !known) operands.push_back(operand);
    }
  }
  return operands;
}

void BlockCompiler::find_last_uses() {
  for (int i = 0; i < num_units(); ++i) {
    for (const int operand : operands_of(units_[static_cast<std::size_t>(i)])) value_of(operand).last_use = i;
  }
  for (const int value : stored_) {
    if (value >= 0) value_of(value).last_use = num_units();
  }
}

// --- places --------------------------------------------------------------------------------------------------------

// Gathered inputs get a register each, for the whole of the program.
void BlockCompiler::place_inputs() {
  for (int i = 0; i < num_inputs(); ++i) {
    BlockProgram::Input& input = input_of(i);
    if (input.place == Place::kRegister || input.place == Place::kResident)
      input.register_number = result_->num_registers_++;
    value_of(i).slot = i;
  }
}

bool BlockCompiler::place_units() {
  std::vector<int> free;
  for (int i = 0; i < num_units(); ++i) {
    const Unit& unit = units_[static_cast<std::size_t>(i)];
    // Results may take the registers of operands that are not needed any more.
    for (const int operand : operands_of(unit)) {
      const Value& read = value_of(operand);
      if (read.last_use == i && read.slot >= result_->register_slot(0)) free.push_back(read.slot);
    }
    for (const int value : unit.values) place_result(value, free);
    if (!unit.is_loop) {
      const Value& value = value_of(unit.values[0]);
      BlockProgram::Instruction instruction{value.function, {0, 0, 0}, value.slot, nullptr};
      for (std::size_t k = 0; k < value.operands.size(); ++k)
        instruction.operands[k] = value_of(value.operands[k]).slot;
      result_->instructions_.push_back(std::move(instruction));
    } else if (!add_loop(unit)) {
      return false;
    }
  }
  for (std::size_t i = 0; i < stored_.size(); ++i) {
    if (stored_[i] >= 0) result_->outputs_[i].source = value_of(stored_[i]).slot;
  }
  find_late_inputs();
  return result_->num_registers_ <= BlockProgram::kRegisterFloats / kMinBlock &&
         result_->register_slot(result_->num_registers_) <= BlockProgram::kMaxSlots;
}

// What a loop keeps for itself needs no place.
void BlockCompiler::place_result(int number, std::vector<int>& free) {
  Value& value = value_of(number);
  if (value.output >= 0) {
    value.slot = result_->output_slot(static_cast<std::size_t>(value.output));
  } else if (value.last_use > value.unit || !units_[static_cast<std::size_t>(value.unit)].is_loop) {
    if (free.empty()) free.push_back(result_->register_slot(result_->num_registers_++));
    value.slot = free.back();
    free.pop_back();
  }
}

bool BlockCompiler::add_loop(const Unit& unit) {
  std::vector<BlockLoop::Place> inputs;
  std::vector<BlockLoop::Step> steps;
  std::vector<BlockLoop::Output> outputs;
  std::map<int, int> number_in_loop;
  for (const int operand : operands_of(unit)) {
    number_in_loop[operand] = static_cast<int>(inputs.size());
    inputs.push_back({value_of(operand).slot, form_of(operand)});
  }
  for (const int value : unit.values) {
    const int number = static_cast<int>(inputs.size() + steps.size());
    number_in_loop[value] = number;
    std::vector<int> operands;
    for (const int operand : value_of(value).operands) operands.push_back(number_in_loop.at(operand));
    steps.push_back({value_of(value).operation, std::move(operands)});
    if (value_of(value).slot >= 0) outputs.push_back({number, {value_of(value).slot, BlockLoop::Form::kFloats}});
    for (std::size_t i = 0; i < bytes_from_.size(); ++i) {
      if (bytes_from_[i] == value) outputs.push_back({number, {result_->output_slot(i), BlockLoop::Form::kTruths}});
    }
  }
  auto loop = BlockLoop::compile(inputs, steps, outputs, *width_);
  if (!loop) return false;
  result_->instructions_.push_back({nullptr, {0, 0, 0}, -1, std::move(loop)});
  return true;
}

BlockLoop::Form BlockCompiler::form_of(int operand) {
  if (!is_input(operand)) return BlockLoop::Form::kFloats;
  const BlockProgram::Input& input = input_of(operand);
  if (input.place == Place::kNumber || input.place == Place::kRun) return BlockLoop::Form::kNumber;
  const bool as_bytes = input.place == Place::kMemory && !input.operand.is_float32();
  return as_bytes ? BlockLoop::Form::kTruths : BlockLoop::Form::kFloats;
}

// An output that shares the memory of an input must not be written while later units read the input there.
void BlockCompiler::find_late_inputs() {
  for (std::size_t i = 0; i < result_->outputs_.size(); ++i) {
    if (stored_[i] >= 0) continue;
    const auto made_here = [&](const Value& value) { return value.output == static_cast<int>(i); };
    const auto maker = std::find_if(values_.begin(), values_.end(), made_here);
    const int unit = maker != values_.end() ? maker->unit : value_of(bytes_from_[i]).unit;
    BlockProgram::Output& output = result_->outputs_[i];
    for (int k = 0; k < num_inputs(); ++k) {
      if (input_of(k).place == Place::kMemory && value_of(k).last_use > unit) output.late_inputs.push_back(k);
    }
    if (!output.late_inputs.empty()) output.reserve = result_->num_registers_++;
  }
}

// Few enough elements for the registers to stay in cache, and where possible a multiple of the lengths of repeated
// rows: then a row that lies in its register for one block does so for all. Without registers there is no limit.
void BlockCompiler::choose_block() {
  result_->count_ = output_specs_[0].shape.num_elements();
  const int num_registers = result_->num_registers_;
  const bool is_one_loop = num_units() == 1 && units_[0].is_loop;
  if (num_registers == 0 && is_one_loop && run_ == 0) {
    result_->block_ = kUnlimitedBlock;
    result_->granule_ = kGranule;
    return;
  }
  const int longest = num_units() == 1             ? kMaxBlockOfOneStep
                      : width_ && !fits_in_cache() ? kMaxBlockFromMemory
                                                   : kMaxBlock;
  const int preferred = std::max(kRegisterFloatsInCache / std::max(num_registers, 1), kShortBlock);
  const std::int64_t limit = std::min({longest, preferred, BlockProgram::kRegisterFloats / std::max(num_registers, 1)});
  if (run_ > 0) {
    result_->block_ = static_cast<int>(largest_divisor(run_, num_registers == 0 && is_one_loop ? kMaxRun : limit));
  } else {
    result_->block_ = block_of_rows(limit);
  }
  for (BlockProgram::Input& input : result_->inputs_) {
    const std::int64_t row = input.operand.period();
    if (input.place == Place::kRegister && row > 0 && result_->block_ % row == 0) input.place = Place::kResident;
  }
  result_->granule_ = result_->block_;
}

bool BlockCompiler::fits_in_cache() const {
  std::int64_t num_bytes = 0;
  const auto add = [&](const TensorSpec& spec) {
    num_bytes += spec.shape.num_elements() * static_cast<std::int64_t>(size_of(spec.dtype));
  };
  std::for_each(input_specs_.begin(), input_specs_.end(), add);
  std::for_each(output_specs_.begin(), output_specs_.end(), add);
  return num_bytes <= kSecondCache;
}

// A multiple of as many rows' lengths as possible, and of whole vectors: then blocks start where a cache line does.
int BlockCompiler::block_of_rows(std::int64_t limit) const {
  std::int64_t period = 1;
  for (const BlockProgram::Input& input : result_->inputs_) {
    if (const std::int64_t row = input.operand.period(); row > 0 && std::lcm(period, row) <= limit)
      period = std::lcm(period, row);
  }
  if (std::lcm(period, std::int64_t{16}) <= limit) period = std::lcm(period, std::int64_t{16});
  return static_cast<int>(limit / period * period);
}

}  // namespace cornu::vector
