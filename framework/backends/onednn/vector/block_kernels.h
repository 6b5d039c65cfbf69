#pragma once

#include <cstdint>

/// Elementwise functions on blocks of floats, compiled once per instruction set.
///
/// A block is a run of floats short enough to stay in the first cache. Truth is 1.0f or 0.0f there, so one kind of
/// register serves numbers and bools; what lies in memory as another type is converted on the way in and out.
namespace cornu::vector {

/// Applies a function to `count` elements. `result` may be one of the operands.
using BlockFunction = void (*)(const float* const* operands, float* result, int count);
/// Converts `count` stored elements to floats.
using LoadFunction = void (*)(const void* source, float* result, int count);
/// Converts `count` floats to what is stored; floats become integers by cutting towards 0, the nearest where none fits.
using StoreFunction = void (*)(const float* source, void* result, int count);

/// Writes each of `num_values` floats `times` times in a row.
using RepeatFunction = void (*)(const float* values, int num_values, int times, float* result);

struct BlockKernel {
  static constexpr int kNumMasks = 8;

  const char* name;  ///< of the operation
  BlockFunction function;
  /// The same with some operands that are one number for all of a block: those whose bits are set in the index. Null
  /// where there is none.
  BlockFunction with_numbers[kNumMasks];
  int cost;  ///< of an element, roughly, in additions
};

struct BlockConversion {
  const char* dtype;  ///< name of the type in memory
  LoadFunction load;
  StoreFunction store;
  BlockFunction round;  ///< a cast of floats that stay floats; null for types whose numbers floats do not hold
};

/// The functions of one instruction set.
struct BlockTable {
  const char* isa;
  const BlockKernel* kernels;
  int num_kernels;
  const BlockConversion* conversions;
  int num_conversions;
  RepeatFunction repeat;
};

// Plain data with constant initialisers: safe to read while other files are still being initialised.
namespace baseline {
extern const BlockTable kTable;
}
#ifdef CORNU_ISA_VARIANTS
namespace avx2 {
extern const BlockTable kTable;
}
namespace avx512 {
extern const BlockTable kTable;
}
#endif

}  // namespace cornu::vector
