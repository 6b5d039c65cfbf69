// What all kernels are made of: how they are declared, element types, and loads of several elements. device_text.h puts
// this text before every kernel.
//
// Kernels are compiled when a program runs, by NVRTC, and by the tests with the host's compiler, which so run what the
// device runs. Both know <math.h>'s functions overloaded for float and double; nothing else is included. float16 and
// bfloat16 are converted by integer arithmetic for the same reason: the intrinsics of cuda_fp16.h have no host form.
//
// A kernel is declared by CORNU_KERNEL(name, number of operands); it finds their addresses in `operands.at`. A variable
// of CORNU_SHARED is the same for all threads of a block; CORNU_BARRIER() waits for all of them. CORNU_CONSTANT is a
// table.

#ifdef __CUDACC_RTC__
#define CORNU_DEVICE __device__ __forceinline__
#define CORNU_UNROLL _Pragma("unroll")
#define CORNU_KERNEL(name, count) \
  extern "C" __global__ void name(const __grid_constant__ device::Operands<count> operands)
#define CORNU_SHARED __shared__
#define CORNU_CONSTANT __constant__
#define CORNU_BARRIER() __syncthreads()
#else
#include <math.h>
#include <string.h>
// The place of a thread in the grid, and how it waits for the others: who runs kernels on the host fills it in. Blocks
// run one after another.
struct CornuHostThread {
  struct {
    unsigned int x;
  } block, thread, block_size, grid_size;
  void (*barrier)();
};
extern "C" CornuHostThread cornu_host_thread;
CornuHostThread cornu_host_thread;
#define blockIdx cornu_host_thread.block
#define threadIdx cornu_host_thread.thread
#define blockDim cornu_host_thread.block_size
#define gridDim cornu_host_thread.grid_size
#define CORNU_DEVICE inline
#define CORNU_UNROLL
#define CORNU_KERNEL(name, count)     \
  extern "C" int name##_operands;     \
  int name##_operands = count;        \
  extern "C" void name(const device::Operands<count>& operands)
#define CORNU_SHARED static
#define CORNU_CONSTANT static
#define CORNU_BARRIER() cornu_host_thread.barrier()
#endif

namespace device {

// Inputs first, then outputs and scratch memory.
template <int kCount> struct Operands {
  void* at[kCount];
};

template <typename To, typename From> CORNU_DEVICE To bits_as(From x) {
  static_assert(sizeof(To) == sizeof(From), "bits of another size");
  To result;
  memcpy(&result, &x, sizeof(result));
  return result;
}

CORNU_DEVICE float infinity_like(float) { return bits_as<float>(0x7f800000u); }
CORNU_DEVICE double infinity_like(double) { return bits_as<double>(0x7ff0000000000000ull); }
CORNU_DEVICE float nan_like(float) { return bits_as<float>(0x7fc00000u); }
CORNU_DEVICE double nan_like(double) { return bits_as<double>(0x7ff8000000000000ull); }

// --- float16 and bfloat16 ------------------------------------------------------------------------------------------

CORNU_DEVICE float float_of_half(unsigned short half) {
  const unsigned int magnitude = (half & 0x7fffu) << 13;
  // 2^112 moves the exponent into place, of subnormal numbers too.
  const float finite = bits_as<float>(magnitude) * bits_as<float>(0x77800000u);
  const float value = magnitude >= 0x0f800000u ? bits_as<float>(magnitude | 0x7f800000u) : finite;
  return bits_as<float>(bits_as<unsigned int>(value) | (half & 0x8000u) << 16);
}

CORNU_DEVICE unsigned short half_of_float(float x) {
  const unsigned int sign = (bits_as<unsigned int>(x) >> 16) & 0x8000u;
  const unsigned int magnitude = bits_as<unsigned int>(x) & 0x7fffffffu;
  const unsigned int normal = (magnitude + 0xfffu + ((magnitude >> 13) & 1u) - 0x38000000u) >> 13;
  // The last bit of 0.5f has the weight of the least half: the addition rounds.
  const unsigned int subnormal = bits_as<unsigned int>(bits_as<float>(magnitude) + 0.5f) - 0x3f000000u;
  const unsigned int finite = magnitude < 0x38800000u ? subnormal : normal;
  const unsigned int bounded = magnitude >= 0x477ff000u ? 0x7c00u : finite;
  return static_cast<unsigned short>(sign | (magnitude > 0x7f800000u ? 0x7e00u : bounded));
}

CORNU_DEVICE float float_of_bfloat16(unsigned short x) { return bits_as<float>(static_cast<unsigned int>(x) << 16); }

CORNU_DEVICE unsigned short bfloat16_of_float(float x) {
  const unsigned int bits = bits_as<unsigned int>(x);
  const unsigned int nearest = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  return static_cast<unsigned short>(x != x ? (bits >> 16) | 0x40u : nearest);
}

// --- element types -------------------------------------------------------------------------------------------------
//
// Each has the form in memory, the form between steps, both conversions, and `from`, the cast of another value.

struct Float32 {
  using Stored = float;
  using Value = float;
  static CORNU_DEVICE Value load(Stored x) { return x; }
  static CORNU_DEVICE Stored store(Value x) { return x; }
  template <typename T> static CORNU_DEVICE Value from(T x) { return static_cast<float>(x); }
};

struct Float64 {
  using Stored = double;
  using Value = double;
  static CORNU_DEVICE Value load(Stored x) { return x; }
  static CORNU_DEVICE Stored store(Value x) { return x; }
  template <typename T> static CORNU_DEVICE Value from(T x) { return static_cast<double>(x); }
};

struct Float16 {
  using Stored = unsigned short;
  using Value = float;
  static CORNU_DEVICE Value load(Stored x) { return float_of_half(x); }
  static CORNU_DEVICE Stored store(Value x) { return half_of_float(x); }
  template <typename T> static CORNU_DEVICE Value from(T x) { return load(store(static_cast<float>(x))); }
};

struct BFloat16 {
  using Stored = unsigned short;
  using Value = float;
  static CORNU_DEVICE Value load(Stored x) { return float_of_bfloat16(x); }
  static CORNU_DEVICE Stored store(Value x) { return bfloat16_of_float(x); }
  template <typename T> static CORNU_DEVICE Value from(T x) { return load(store(static_cast<float>(x))); }
};

struct Bool {
  using Stored = unsigned char;
  using Value = float;
  static CORNU_DEVICE Value load(Stored x) { return static_cast<float>(x); }
  static CORNU_DEVICE Stored store(Value x) { return x != 0.0f ? 1 : 0; }
  template <typename T> static CORNU_DEVICE Value from(T x) { return x != static_cast<T>(0) ? 1.0f : 0.0f; }
};

// Integers wrap around; floats are cut towards 0 and become the nearest integer where none fits, NaN becomes 0.
template <typename Integer, Integer kMinimum, Integer kMaximum> struct IntegerType {
  using Stored = Integer;
  using Value = long long;
  static CORNU_DEVICE Value load(Stored x) { return static_cast<Value>(x); }
  static CORNU_DEVICE Stored store(Value x) { return static_cast<Stored>(x); }
  static CORNU_DEVICE Value from(Value x) { return load(store(x)); }
  template <typename T> static CORNU_DEVICE Value from(T x) {
    // Both bounds are powers of 2 or 0, so they are exact.
    const T low = static_cast<T>(kMinimum);
    const T past_high = static_cast<T>(2) * static_cast<T>(kMaximum / 2 + 1);
    if (x > low && x < past_high) return load(static_cast<Stored>(x));
    return load(x >= past_high ? kMaximum : (x <= low ? kMinimum : static_cast<Stored>(0)));
  }
};

using Int8 = IntegerType<signed char, -128, 127>;
using Int32 = IntegerType<int, -2147483647 - 1, 2147483647>;
using Int64 = IntegerType<long long, -9223372036854775807ll - 1, 9223372036854775807ll>;
using UInt8 = IntegerType<unsigned char, 0, 255>;
using UInt32 = IntegerType<unsigned int, 0, 4294967295u>;

// --- several elements at once --------------------------------------------------------------------------------------

template <typename T, int kCount> struct alignas(sizeof(T) * kCount) Pack {
  T values[kCount];
};

template <int kCount, typename T> CORNU_DEVICE bool is_aligned(const T* pointer) {
  return (reinterpret_cast<unsigned long long>(pointer) & (sizeof(T) * kCount - 1)) == 0;
}

template <int kCount, typename T> CORNU_DEVICE Pack<T, kCount> load_pack(const T* pointer) {
  return *reinterpret_cast<const Pack<T, kCount>*>(pointer);
}

template <int kCount, typename T> CORNU_DEVICE void store_pack(T* pointer, const Pack<T, kCount>& pack) {
  *reinterpret_cast<Pack<T, kCount>*>(pointer) = pack;
}

}  // namespace device
