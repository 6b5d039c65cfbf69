#include "framework/backends/onednn/vector/vector_assembler.h"

#include <array>
#include <cstring>

namespace cornu::vector {
namespace {

// AVX-512 keeps conditions in mask registers, AVX2 in vector registers behind those of the caller.
constexpr int kCondition = 1;
constexpr int kOtherCondition = 2;
constexpr int kLaneMask = 7;
constexpr int kLaneRegister = 13;
constexpr int kConditionRegister = 14;
constexpr int kOtherConditionRegister = 15;

// For AVX2 a window of 8 numbers that starts 8 - n behind the beginning has n of all bits set; for AVX-512 the n-th
// number from kBitMasks on has n bits.
constexpr int kBitMasks = 16;
constexpr std::array<std::uint32_t, 32> kLaneMasks = [] {
  std::array<std::uint32_t, 32> masks{};
  for (std::size_t i = 0; i < 8; ++i) masks[i] = 0xffffffffU;
  for (std::size_t i = 0; i < 16; ++i) masks[kBitMasks + i] = (1U << i) - 1U;
  return masks;
}();

}  // namespace

const void* VectorAssembler::lane_masks() { return kLaneMasks.data(); }

void VectorAssembler::bytes(std::initializer_list<int> values) {
  for (const int value : values) code_.push_back(static_cast<std::uint8_t>(value));
}

void VectorAssembler::word(std::uint64_t value, int num_bytes) {
  for (int i = 0; i < num_bytes; ++i) code_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

// --- encodings -----------------------------------------------------------------------------------------------------

// High bits of register numbers are stored inverted. `extra` is the index of an address, `base` its base or the last
// register.
void VectorAssembler::vex(const Opcode& opcode, int reg, int second, int extra, int base, bool wide) {
  const auto inverted = [](int number, int bit) { return (~number >> bit) & 1; };
  bytes({0xc4, inverted(reg, 3) << 7 | inverted(extra, 3) << 6 | inverted(base, 3) << 5 | opcode.map,
         (~second & 15) << 3 | (wide ? 4 : 0) | opcode.prefix, opcode.byte});
}

void VectorAssembler::evex(const Opcode& opcode, int reg, int second, int extra, int base, int mask, bool zeroing) {
  const auto inverted = [](int number, int bit) { return (~number >> bit) & 1; };
  constexpr int kLength512 = 2 << 5;
  bytes({0x62,
         inverted(reg, 3) << 7 | inverted(extra, 3) << 6 | inverted(base, 3) << 5 | inverted(reg, 4) << 4 | opcode.map,
         (~second & 15) << 3 | 4 | opcode.prefix, (zeroing ? 0x80 : 0) | kLength512 | inverted(second, 4) << 3 | mask,
         opcode.byte});
}

void VectorAssembler::operate(const Opcode& opcode, int result, int x, int y, int mask, bool zeroing) {
  if (width_ == Width::kAvx512) {
    evex(opcode, result, x, y >> 1, y, mask, zeroing);  // bit 4 of y takes the place of an index
  } else {
    vex(opcode, result, x, 0, y, true);
  }
  bytes({0xc0 | (result & 7) << 3 | (y & 7)});
}

void VectorAssembler::access(const Opcode& opcode, int reg, int second, const Address& address, int mask,
                             bool zeroing) {
  if (width_ == Width::kAvx512) {
    evex(opcode, reg, second, address.index, address.base, mask, zeroing);
  } else {
    vex(opcode, reg, second, address.index, address.base, true);
  }
  operand(reg, address);
}

// An offset of 32 bits, which has the same form in all encodings.
void VectorAssembler::operand(int reg, const Address& address) {
  const int scale = address.scale == 8 ? 3 : address.scale == 4 ? 2 : address.scale == 2 ? 1 : 0;
  bytes({0x80 | (reg & 7) << 3 | 4, scale << 6 | (address.index & 7) << 3 | (address.base & 7)});
  word(static_cast<std::uint32_t>(address.offset), 4);
}

// --- vectors of floats ---------------------------------------------------------------------------------------------

void VectorAssembler::move(const Opcode& opcode, int reg, const Address& address) {
  const bool loads = opcode.byte == kLoad.byte;
  if (!masked_) {
    access(opcode, reg, 0, address);
  } else if (width_ == Width::kAvx512) {
    access(opcode, reg, 0, address, kLaneMask, loads);
  } else {
    access(loads ? kMaskedLoad : kMaskedStore, reg, kLaneRegister, address);
  }
}

void VectorAssembler::broadcast(int result, const Address& from) { access(kBroadcast, result, 0, from); }

void VectorAssembler::load_bytes(int result, const Address& from) {
  access(kBytesToIntegers, result, 0, from, masked_ ? kLaneMask : 0, masked_);
  operate(kIntegersToFloats, result, 0, result);
}

void VectorAssembler::store_bytes(const Address& to, int integers) {
  access(kIntegersToBytes, integers, 0, to, masked_ ? kLaneMask : 0);
}

void VectorAssembler::round(int result, int x, Rounding rounding) {
  operate(kRound, result, 0, x);
  bytes({static_cast<int>(rounding)});
}

// --- conditions ----------------------------------------------------------------------------------------------------

void VectorAssembler::compare_lanes(Predicate predicate, int condition, int x, int y, int mask) {
  operate(kCompare, condition, x, y, mask);
  bytes({static_cast<int>(predicate)});
}

void VectorAssembler::test(Predicate predicate, int x, int y) {
  compare_lanes(predicate, width_ == Width::kAvx512 ? kCondition : kConditionRegister, x, y);
}

void VectorAssembler::test_and(Predicate predicate, int x, int y) {
  if (width_ == Width::kAvx512) {
    compare_lanes(predicate, kCondition, x, y, kCondition);
  } else {
    compare_lanes(predicate, kOtherConditionRegister, x, y);
    operate(kAnd, kConditionRegister, kConditionRegister, kOtherConditionRegister);
  }
}

void VectorAssembler::test_or(Predicate predicate, int x, int y) {
  if (width_ == Width::kAvx512) {
    compare_lanes(predicate, kOtherCondition, x, y);
    vex(kMaskOr, kCondition, kCondition, 0, kOtherCondition, true);
    bytes({0xc0 | kCondition << 3 | kOtherCondition});
  } else {
    compare_lanes(predicate, kOtherConditionRegister, x, y);
    operate(kOr, kConditionRegister, kConditionRegister, kOtherConditionRegister);
  }
}

void VectorAssembler::test_xor(Predicate predicate, int x, int y) {
  if (width_ == Width::kAvx512) {
    compare_lanes(predicate, kOtherCondition, x, y);
    vex(kMaskXor, kCondition, kCondition, 0, kOtherCondition, true);
    bytes({0xc0 | kCondition << 3 | kOtherCondition});
  } else {
    compare_lanes(predicate, kOtherConditionRegister, x, y);
    operate(kXor, kConditionRegister, kConditionRegister, kOtherConditionRegister);
  }
}

void VectorAssembler::select(int result, int x, int y) {
  if (width_ == Width::kAvx512) {
    operate(kBlendByMask, result, y, x, kCondition);
  } else {
    operate(kBlendByRegister, result, y, x);
    bytes({kConditionRegister << 4});
  }
}

void VectorAssembler::truth(int result, int x) {
  if (width_ == Width::kAvx512) {
    operate(kCopy, result, 0, x, kCondition, true);
  } else {
    operate(kAnd, result, kConditionRegister, x);
  }
}

void VectorAssembler::mask_lanes(General count, General table) {
  masked_ = true;
  if (width_ == Width::kAvx512) {
    const Address mask{table, count, 4, kBitMasks * 4};
    vex(kMaskMove, kLaneMask, 0, mask.index, mask.base, false);
    operand(kLaneMask, mask);
  } else {
    // table + (8 - count) * 4
    bytes({0x48 | (count >> 3), 0xf7, 0xd8 | (count & 7)});  // neg count
    access(kLoad, kLaneRegister, 0, {table, count, 4, 8 * 4});
  }
}

// --- the frame -----------------------------------------------------------------------------------------------------

void VectorAssembler::push(General reg) { bytes({0x40 | reg >> 3, 0x50 | (reg & 7)}); }
void VectorAssembler::pop(General reg) { bytes({0x40 | reg >> 3, 0x58 | (reg & 7)}); }

void VectorAssembler::set(General reg, const void* value) {
  bytes({0x48 | reg >> 3, 0xb8 | (reg & 7)});
  word(reinterpret_cast<std::uintptr_t>(value), 8);
}

void VectorAssembler::load(General reg, const Address& from) {
  bytes({0x48 | reg >> 3 << 2 | from.index >> 3 << 1 | from.base >> 3, 0x8b});
  operand(reg, from);
}

void VectorAssembler::zero(General reg) { pair(0x31, reg, reg); }

void VectorAssembler::immediate(int operation, General reg, std::int32_t value) {
  bytes({0x48 | reg >> 3, 0x81, 0xc0 | operation << 3 | (reg & 7)});
  word(static_cast<std::uint32_t>(value), 4);
}

void VectorAssembler::pair(int opcode, General reg, General other) {
  bytes({0x48 | other >> 3 << 2 | reg >> 3, opcode, 0xc0 | (other & 7) << 3 | (reg & 7)});
}

void VectorAssembler::align(std::size_t num_bytes) {
  while (code_.size() % num_bytes != 0) code_.push_back(0x90);
}

void VectorAssembler::leave() { bytes({0xc5, 0xf8, 0x77}); }

void VectorAssembler::jump_back(Jump condition, std::size_t to) {
  bytes({0x0f, static_cast<int>(condition)});
  word(to - (code_.size() + 4), 4);
}

std::size_t VectorAssembler::jump_ahead(Jump condition) {
  bytes({0x0f, static_cast<int>(condition)});
  word(0, 4);
  return code_.size();
}

void VectorAssembler::land(std::size_t jump) {
  const auto distance = static_cast<std::uint32_t>(code_.size() - jump);
  std::memcpy(code_.data() + jump - 4, &distance, sizeof distance);
}

}  // namespace cornu::vector
