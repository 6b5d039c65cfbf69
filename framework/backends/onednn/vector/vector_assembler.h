#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cornu::vector {

/// Machine code for loops over floats on x86-64: the few instructions that they need, in the form of AVX2 (8 lanes, VEX
/// encoding) or of AVX-512 (16 lanes, EVEX encoding).
///
/// Vector registers and general registers are numbers, as in Intel's manual (volume 2, chapter 2). There is one
/// condition a lane, which `test` sets and `select` and `truth` use, and one mask of lanes, for the elements that are
/// left behind the last whole vector.
class VectorAssembler {
 public:
  enum class Width { kAvx2, kAvx512 };

  // General registers, as instructions number them.
  enum General { kRax, kRcx, kRdx, kRbx, kRsp, kRbp, kRsi, kRdi, kR8, kR9, kR10, kR11, kR12, kR13, kR14, kR15 };

  // base + index * scale + offset
  struct Address {
    General base;
    General index = kRsp;  // kRsp: none
    int scale = 1;
    std::int32_t offset = 0;
  };

  // As `vcmpps` numbers them.
  enum class Predicate : std::uint8_t {
    kEqual = 0x00,
    kNotEqual = 0x04,
    kUnordered = 0x03,
    kLess = 0x11,
    kLessEqual = 0x12,
    kGreater = 0x1e,
    kGreaterEqual = 0x1d
  };
  // As `vroundps` numbers them, without raising flags.
  enum class Rounding : std::uint8_t { kNearest = 0x0c, kDown = 0x09, kUp = 0x0a, kTruncate = 0x0b };

  explicit VectorAssembler(Width width) : width_(width) {}

  int num_lanes() const { return width_ == Width::kAvx512 ? 16 : 8; }
  /// Registers from 0 on that are free for the caller.
  int num_registers() const { return width_ == Width::kAvx512 ? 32 : 13; }
  /// Whether bytes can be read as floats and written: AVX2 has no way to do so with some of the lanes.
  bool has_bytes() const { return width_ == Width::kAvx512; }
  const std::vector<std::uint8_t>& code() const { return code_; }

  // --- vectors of floats ---

  void load(int result, const Address& from) { move(kLoad, result, from); }
  void store(const Address& to, int value) { move(kStore, value, to); }
  void broadcast(int result, const Address& from);
  /// Bytes as floats, and the integers 1 or 0 as bytes.
  void load_bytes(int result, const Address& from);
  void store_bytes(const Address& to, int integers);

  void copy(int result, int x) { operate(kCopy, result, 0, x); }
  void add(int result, int x, int y) { operate(kAdd, result, x, y); }
  void subtract(int result, int x, int y) { operate(kSubtract, result, x, y); }
  void multiply(int result, int x, int y) { operate(kMultiply, result, x, y); }
  void divide(int result, int x, int y) { operate(kDivide, result, x, y); }
  /// x > y ? x : y and x < y ? x : y
  void greater(int result, int x, int y) { operate(kGreater, result, x, y); }
  void lesser(int result, int x, int y) { operate(kLesser, result, x, y); }
  void sqrt(int result, int x) { operate(kSqrt, result, 0, x); }
  void bits_and(int result, int x, int y) { operate(kAnd, result, x, y); }
  void bits_xor(int result, int x, int y) { operate(kXor, result, x, y); }
  void round(int result, int x, Rounding rounding);

  // --- conditions ---

  void test(Predicate predicate, int x, int y);
  /// The condition, combined with another one.
  void test_and(Predicate predicate, int x, int y);
  void test_or(Predicate predicate, int x, int y);
  void test_xor(Predicate predicate, int x, int y);
  /// condition ? x : y
  void select(int result, int x, int y);
  /// condition ? bits of x : 0
  void truth(int result, int x);

  /// From now on loads and stores touch only the first lanes, as many as `count` holds; `table` is the address of
  /// lane_masks(). Without an argument: all lanes again.
  void mask_lanes(General count, General table);
  /// Data for mask_lanes, independent of where it lies.
  static const void* lane_masks();

  // --- the frame around them ---

  void push(General reg);
  void pop(General reg);
  void set(General reg, const void* value);
  void load(General reg, const Address& from);
  void zero(General reg);
  void add(General reg, std::int32_t value) { immediate(0, reg, value); }
  void subtract(General reg, std::int32_t value) { immediate(5, reg, value); }
  void subtract(General reg, General other) { pair(0x29, reg, other); }
  void compare(General reg, General other) { pair(0x39, reg, other); }
  void align(std::size_t num_bytes);
  void leave();  ///< forgets the upper halves of the vector registers, as callers expect

  enum class Jump : std::uint8_t { kIfZero = 0x84, kIfLess = 0x8c, kIfLessOrEqual = 0x8e };
  void jump_back(Jump condition, std::size_t to);
  /// A jump to a place that `land` names later.
  std::size_t jump_ahead(Jump condition);
  void land(std::size_t jump);
  void ret() { code_.push_back(0xc3); }

 private:
  // Prefix, opcode map and opcode of an instruction.
  struct Opcode {
    int prefix;  // 0, 1: 66, 2: F3
    int map;     // 1: 0F, 2: 0F38, 3: 0F3A
    int byte;
  };
  static constexpr Opcode kLoad{0, 1, 0x10}, kStore{0, 1, 0x11}, kCopy{0, 1, 0x28}, kAdd{0, 1, 0x58},
      kSubtract{0, 1, 0x5c}, kMultiply{0, 1, 0x59}, kDivide{0, 1, 0x5e}, kGreater{0, 1, 0x5f}, kLesser{0, 1, 0x5d},
      kSqrt{0, 1, 0x51}, kAnd{0, 1, 0x54}, kOr{0, 1, 0x56}, kXor{0, 1, 0x57}, kCompare{0, 1, 0xc2}, kRound{1, 3, 0x08},
      kBroadcast{1, 2, 0x18}, kBytesToIntegers{1, 2, 0x31}, kIntegersToBytes{2, 2, 0x31}, kIntegersToFloats{0, 1, 0x5b},
      kBlendByMask{1, 2, 0x65}, kBlendByRegister{1, 3, 0x4a}, kMaskedLoad{1, 2, 0x2c}, kMaskedStore{1, 2, 0x2e},
      kMaskMove{0, 1, 0x90}, kMaskOr{0, 1, 0x45}, kMaskXor{0, 1, 0x47};

  void bytes(std::initializer_list<int> values);
  void word(std::uint64_t value, int num_bytes);
  // `mask` is a mask register, 0 for none; lanes without it become 0 where `zeroing`.
  void operate(const Opcode& opcode, int result, int x, int y, int mask = 0, bool zeroing = false);
  void access(const Opcode& opcode, int reg, int second, const Address& address, int mask = 0, bool zeroing = false);
  void vex(const Opcode& opcode, int reg, int second, int extra, int base, bool wide);
  void evex(const Opcode& opcode, int reg, int second, int extra, int base, int mask, bool zeroing);
  void operand(int reg, const Address& address);
  void move(const Opcode& opcode, int reg, const Address& address);
  void compare_lanes(Predicate predicate, int condition, int x, int y, int mask = 0);
  void immediate(int operation, General reg, std::int32_t value);
  void pair(int opcode, General reg, General other);

  Width width_;
  bool masked_ = false;
  std::vector<std::uint8_t> code_;
};

}  // namespace cornu::vector
