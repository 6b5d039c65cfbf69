#include "framework/backends/onednn/vector/block_loop.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "framework/backends/onednn/vector/isa.h"

namespace cornu::vector {
namespace {

using Predicate = VectorAssembler::Predicate;
using Rounding = VectorAssembler::Rounding;
using General = VectorAssembler::General;

// --- constants -----------------------------------------------------------------------------------------------------

enum Constant { kZero, kOne, kMinusOne, kInfinity, kSignBit, kOtherBits, kIntegerOne, kNumConstants };

constexpr std::array<std::uint32_t, kNumConstants> kConstants = {0x00000000U, 0x3f800000U, 0xbf800000U, 0x7f800000U,
                                                                 0x80000000U, 0x7fffffffU, 0x00000001U};

}  // namespace

// --- operations ----------------------------------------------------------------------------------------------------

// Registers of one step. The result differs from all others, so it may hold what is between.
struct LoopRegisters {
  int result;
  int x, y, z;
  std::array<int, 3> constants;
};

struct LoopOperation {
  std::string_view name;
  std::vector<int> constants;
  void (*emit)(VectorAssembler& code, const LoopRegisters& r);
};

namespace {

using Code = VectorAssembler;
using R = LoopRegisters;

template <Predicate predicate> void emit_comparison(Code& code, const R& r) {
  code.test(predicate, r.x, r.y);
  code.truth(r.result, r.constants[0]);
}

template <Predicate predicate> void emit_comparison_with_zero(Code& code, const R& r) {
  code.test(predicate, r.x, r.constants[1]);
  code.truth(r.result, r.constants[0]);
}

template <Predicate predicate> void emit_comparison_with_infinity(Code& code, const R& r) {
  code.bits_and(r.result, r.x, r.constants[1]);
  code.test(predicate, r.result, r.constants[2]);
  code.truth(r.result, r.constants[0]);
}

template <void (Code::*combine)(Predicate, int, int)> void emit_logic(Code& code, const R& r) {
  code.test(Predicate::kNotEqual, r.x, r.constants[1]);
  (code.*combine)(Predicate::kNotEqual, r.y, r.constants[1]);
  code.truth(r.result, r.constants[0]);
}

// The machine gives y where either is NaN.
template <void (Code::*choose)(int, int, int)> void emit_extreme(Code& code, const R& r) {
  (code.*choose)(r.result, r.x, r.y);
  code.test(Predicate::kUnordered, r.x, r.x);
  code.select(r.result, r.x, r.result);
}

template <Rounding rounding> void emit_rounding(Code& code, const R& r) { code.round(r.result, r.x, rounding); }

// The formulas are those of elementary.h.
const std::vector<LoopOperation>& loop_operations() {
  static const std::vector<LoopOperation> all{
      {"add", {}, [](Code& code, const R& r) { code.add(r.result, r.x, r.y); }},
      {"subtract", {}, [](Code& code, const R& r) { code.subtract(r.result, r.x, r.y); }},
      {"multiply", {}, [](Code& code, const R& r) { code.multiply(r.result, r.x, r.y); }},
      {"divide", {}, [](Code& code, const R& r) { code.divide(r.result, r.x, r.y); }},
      {"maximum", {}, emit_extreme<&Code::greater>},
      {"minimum", {}, emit_extreme<&Code::lesser>},
      {"negative", {kSignBit}, [](Code& code, const R& r) { code.bits_xor(r.result, r.x, r.constants[0]); }},
      {"absolute", {kOtherBits}, [](Code& code, const R& r) { code.bits_and(r.result, r.x, r.constants[0]); }},
      {"sign",
       {kZero, kOne, kMinusOne},
       [](Code& code, const R& r) {
         code.test(Predicate::kGreater, r.x, r.constants[0]);
         code.select(r.result, r.constants[1], r.x);
         code.test(Predicate::kLess, r.x, r.constants[0]);
         code.select(r.result, r.constants[2], r.result);
       }},
      {"square", {}, [](Code& code, const R& r) { code.multiply(r.result, r.x, r.x); }},
      {"sqrt", {}, [](Code& code, const R& r) { code.sqrt(r.result, r.x); }},
      {"rsqrt",
       {kOne},
       [](Code& code, const R& r) {
         code.sqrt(r.result, r.x);
         code.divide(r.result, r.constants[0], r.result);
       }},
      {"reciprocal", {kOne}, [](Code& code, const R& r) { code.divide(r.result, r.constants[0], r.x); }},
      {"relu", {kZero}, [](Code& code, const R& r) { code.greater(r.result, r.constants[0], r.x); }},
      {"floor", {}, emit_rounding<Rounding::kDown>},
      {"ceil", {}, emit_rounding<Rounding::kUp>},
      {"round", {}, emit_rounding<Rounding::kNearest>},
      {"trunc", {}, emit_rounding<Rounding::kTruncate>},
      {"equal", {kOne}, emit_comparison<Predicate::kEqual>},
      {"not_equal", {kOne}, emit_comparison<Predicate::kNotEqual>},
      {"less", {kOne}, emit_comparison<Predicate::kLess>},
      {"less_equal", {kOne}, emit_comparison<Predicate::kLessEqual>},
      {"greater", {kOne}, emit_comparison<Predicate::kGreater>},
      {"greater_equal", {kOne}, emit_comparison<Predicate::kGreaterEqual>},
      {"logical_and", {kOne, kZero}, emit_logic<&Code::test_and>},
      {"logical_or", {kOne, kZero}, emit_logic<&Code::test_or>},
      {"logical_xor", {kOne, kZero}, emit_logic<&Code::test_xor>},
      {"logical_not", {kOne, kZero}, emit_comparison_with_zero<Predicate::kEqual>},
      {"truth", {kOne, kZero}, emit_comparison_with_zero<Predicate::kNotEqual>},
      {"isnan",
       {kOne},
       [](Code& code, const R& r) {
         code.test(Predicate::kUnordered, r.x, r.x);
         code.truth(r.result, r.constants[0]);
       }},
      {"isinf", {kOne, kOtherBits, kInfinity}, emit_comparison_with_infinity<Predicate::kEqual>},
      {"isfinite", {kOne, kOtherBits, kInfinity}, emit_comparison_with_infinity<Predicate::kLess>},
      {"where",
       {kZero},
       [](Code& code, const R& r) {
         code.test(Predicate::kNotEqual, r.x, r.constants[0]);
         code.select(r.result, r.y, r.z);
       }},
      {"copy", {}, [](Code& code, const R& r) { code.copy(r.result, r.x); }},
  };
  return all;
}

// --- the compiler --------------------------------------------------------------------------------------------------

// Pointers that stay in registers. More are fetched whenever they are needed, and slots, count and index have their
// own.
constexpr std::array kPointers = {General::kR8,  General::kR9,  General::kR10, General::kR11, General::kRbx,
                                  General::kRbp, General::kR12, General::kR13, General::kR14, General::kR15};
constexpr std::size_t kNumCallerSaved = 4;
constexpr General kSlots = General::kRdi;
constexpr General kCount = General::kRsi;
constexpr General kIndex = General::kRcx;
constexpr General kConstantTable = General::kRdx;
constexpr General kScratch = General::kRax;

class LoopCompiler {
  using Form = BlockLoop::Form;
  using Place = BlockLoop::Place;

 public:
  LoopCompiler(const std::vector<Place>& inputs, const std::vector<BlockLoop::Step>& steps,
               const std::vector<BlockLoop::Output>& outputs, VectorAssembler::Width width)
      : inputs_(inputs), steps_(steps), outputs_(outputs), code_(width) {
    values_.resize(inputs.size() + steps.size() + kNumConstants);
    for (int i = code_.num_registers(); i-- > 0;) free_.push_back(i);
    find_uses();
  }

  // False where registers do not suffice.
  bool compile() {
    const std::size_t num_saved = std::max(pointer_slots_.size(), kNumCallerSaved);
    for (std::size_t i = kNumCallerSaved; i < num_saved; ++i) code_.push(kPointers[i]);
    for (std::size_t i = 0; i < pointer_slots_.size(); ++i) code_.load(kPointers[i], pointer_to(pointer_slots_[i]));
    code_.set(kConstantTable, kConstants.data());
    keep_numbers();

    const std::int32_t num_lanes = code_.num_lanes();
    code_.zero(kIndex);
    code_.subtract(kCount, num_lanes);
    const std::size_t to_rest = code_.jump_ahead(VectorAssembler::Jump::kIfLess);
    code_.align(kLoopAlignment);
    const std::size_t loop = code_.code().size();
    emit_steps();
    code_.add(kIndex, num_lanes);
    code_.compare(kIndex, kCount);
    code_.jump_back(VectorAssembler::Jump::kIfLessOrEqual, loop);

    code_.land(to_rest);
    code_.add(kCount, num_lanes);
    code_.subtract(kCount, kIndex);
    const std::size_t to_end = code_.jump_ahead(VectorAssembler::Jump::kIfZero);
    code_.set(kScratch, VectorAssembler::lane_masks());
    code_.mask_lanes(kCount, kScratch);
    emit_steps();
    code_.land(to_end);
    code_.leave();
    for (std::size_t i = num_saved; i-- > kNumCallerSaved;) code_.pop(kPointers[i]);
    code_.ret();
    return !out_of_registers_;
  }

  const std::vector<std::uint8_t>& code() const { return code_.code(); }

 private:
  static constexpr std::size_t kLoopAlignment = 32;

  // Inputs, then results of steps, then constants.
  struct Value {
    int reg = -1;
    int last_use = -1;   // number of a step
    bool kept = false;   // in its register for all of the loop
    int num_stores = 0;  // that are still to be made
  };

  int constant(int number) const { return static_cast<int>(inputs_.size() + steps_.size()) + number; }
  Value& value_of(int value) { return values_[static_cast<std::size_t>(value)]; }
  bool is_full_input(int value) const { return is_input(value) && input(value).form != Form::kNumber; }
  bool is_input(int value) const { return value < static_cast<int>(inputs_.size()); }
  const Place& input(int value) const { return inputs_[static_cast<std::size_t>(value)]; }
  // One number for all elements, which can be fetched again at any time.
  bool is_number(int value) const { return value >= constant(0) || (is_input(value) && !is_full_input(value)); }

  void find_uses() {
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      for (const int operand : steps_[s].operands) use(operand, static_cast<int>(s));
      for (const int number : steps_[s].operation->constants) use(constant(number), static_cast<int>(s));
    }
    for (const BlockLoop::Output& output : outputs_) {
      add_pointer(output.place.slot);
      if (output.place.form == Form::kTruths) {
        use(constant(kZero), 0);
        use(constant(kIntegerOne), 0);
      }
    }
  }

  void use(int value, int step) {
    if (value_of(value).last_use < 0) {
      if (is_number(value)) numbers_.push_back(value);
      if (is_full_input(value)) {
        add_pointer(input(value).slot);
        ++num_full_inputs_;
      }
    }
    value_of(value).last_use = std::max(value_of(value).last_use, step);
  }

  void add_pointer(int slot) {
    const bool known = std::find(pointer_slots_.begin(), pointer_slots_.end(), slot) != pointer_slots_.end();
    if (!known && pointer_slots_.size() < kPointers.size()) pointer_slots_.push_back(slot);
  }

  static VectorAssembler::Address pointer_to(int slot) {
    return {kSlots, General::kRsp, 1, slot * static_cast<int>(sizeof(void*))};
  }

  VectorAssembler::Address element_of(const Place& place) {
    const int scale = place.form == Form::kTruths ? 1 : sizeof(float);
    const auto found = std::find(pointer_slots_.begin(), pointer_slots_.end(), place.slot);
    if (found != pointer_slots_.end())
      return {kPointers[static_cast<std::size_t>(found - pointer_slots_.begin())], kIndex, scale, 0};
    code_.load(kScratch, pointer_to(place.slot));
    return {kScratch, kIndex, scale, 0};
  }

  // Half of the registers hold numbers for all of the loop.
  void keep_numbers() {
    for (const int value : numbers_) {
      if (free_.size() * 2 <= static_cast<std::size_t>(code_.num_registers())) break;
      register_of(value);
      value_of(value).kept = true;
    }
  }

  int take_register() {
    if (free_.empty()) {
      out_of_registers_ = true;
      return 0;
    }
    const int reg = free_.back();
    free_.pop_back();
    return reg;
  }

  // The register of a value, which is fetched from memory where it is in none.
  int register_of(int value) {
    Value& wanted = value_of(value);
    if (wanted.reg >= 0) return wanted.reg;
    wanted.reg = take_register();
    if (value >= constant(0)) {
      const int offset = (value - constant(0)) * static_cast<int>(sizeof(float));
      code_.broadcast(wanted.reg, {kConstantTable, General::kRsp, 1, offset});
    } else if (is_number(value)) {
      code_.load(kScratch, pointer_to(input(value).slot));
      code_.broadcast(wanted.reg, {kScratch});
    } else if (input(value).form == Form::kTruths) {
      code_.load_bytes(wanted.reg, element_of(input(value)));
      ++num_read_;
    } else {
      code_.load(wanted.reg, element_of(input(value)));
      ++num_read_;
    }
    return wanted.reg;
  }

  void emit_steps() {
    stored_.assign(outputs_.size(), false);
    num_read_ = 0;
    for (const BlockLoop::Output& output : outputs_) ++value_of(output.value).num_stores;
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      emit_step(static_cast<int>(s));
      // An output may lie where an input does: nothing is written before all is read.
      if (num_read_ == num_full_inputs_) store_results(static_cast<int>(s));
    }
  }

  void emit_step(int number) {
    const BlockLoop::Step& step = steps_[static_cast<std::size_t>(number)];
    const std::vector<int>& constants = step.operation->constants;
    std::array<int, 3> operands{};
    LoopRegisters registers{};
    for (std::size_t k = 0; k < step.operands.size(); ++k) operands[k] = register_of(step.operands[k]);
    for (std::size_t k = 0; k < constants.size(); ++k) registers.constants[k] = register_of(constant(constants[k]));
    const int result = static_cast<int>(inputs_.size()) + number;
    registers.result = value_of(result).reg = take_register();
    registers.x = operands[0];
    registers.y = operands[1];
    registers.z = operands[2];
    step.operation->emit(code_, registers);
    for (const int operand : step.operands) release_after(operand, number);
    for (const int used : constants) release_after(constant(used), number);
    release_after(result, number);
  }

  void store_results(int step) {
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      const auto& [value, place] = outputs_[i];
      const int reg = value_of(value).reg;
      if (stored_[i] || reg < 0) continue;
      if (place.form == Form::kTruths) {
        store_truths(place, reg);
      } else {
        code_.store(element_of(place), reg);
      }
      stored_[i] = true;
      --value_of(value).num_stores;
      release_after(value, step);
    }
  }

  void store_truths(const Place& place, int reg) {
    const int bytes = take_register();
    code_.test(Predicate::kNotEqual, reg, register_of(constant(kZero)));
    code_.truth(bytes, register_of(constant(kIntegerOne)));
    code_.store_bytes(element_of(place), bytes);
    free_.push_back(bytes);
    release(constant(kZero));
    release(constant(kIntegerOne));
  }

  void release_after(int value, int step) {
    const Value& used = value_of(value);
    if (is_number(value) || (used.last_use <= step && used.num_stores == 0)) release(value);
  }

  void release(int value) {
    Value& released = value_of(value);
    if (released.reg < 0 || released.kept) return;
    free_.push_back(released.reg);
    released.reg = -1;
  }

  const std::vector<Place>& inputs_;
  const std::vector<BlockLoop::Step>& steps_;
  const std::vector<BlockLoop::Output>& outputs_;
  VectorAssembler code_;
  std::vector<Value> values_;
  std::vector<int> numbers_;        // those that are used
  std::vector<int> pointer_slots_;  // whose pointers are in registers
  std::vector<int> free_;
  std::vector<bool> stored_;
  int num_full_inputs_ = 0;
  int num_read_ = 0;
  bool out_of_registers_ = false;
};

}  // namespace

// --- loops ---------------------------------------------------------------------------------------------------------

const LoopOperation* find_loop_operation(std::string_view name) {
  const std::vector<LoopOperation>& all = loop_operations();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& operation) { return operation.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::optional<VectorAssembler::Width> BlockLoop::usable_width() {
#ifdef CORNU_ISA_VARIANTS
  switch (onednn::machine_isa()) {
    case onednn::Isa::kAvx512: return VectorAssembler::Width::kAvx512;
    case onednn::Isa::kAvx2: return VectorAssembler::Width::kAvx2;
    case onednn::Isa::kBaseline: break;
  }
#endif
  return std::nullopt;
}

std::shared_ptr<const BlockLoop> BlockLoop::compile(const std::vector<Place>& inputs, const std::vector<Step>& steps,
                                                    const std::vector<Output>& outputs, VectorAssembler::Width width) {
  LoopCompiler compiler(inputs, steps, outputs, width);
  if (!compiler.compile()) return nullptr;
  const auto memory = ExecutableMemory::holding(compiler.code());
  if (!memory) return nullptr;
  return std::shared_ptr<const BlockLoop>(new BlockLoop(memory));
}

}  // namespace cornu::vector
