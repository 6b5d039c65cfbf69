#include "framework/backends/onednn/vector/random_kernels.h"

#include <cmath>

#include "framework/backends/onednn/vector/lanes.h"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace cornu::onednn::CORNU_ISA {
namespace {

typedef std::uint64_t Pairs __attribute__((vector_size(kLanes * 4)));  // two words a lane

// The products of the lower words of each pair.
CORNU_INLINE Pairs low_products(Pairs a, Pairs b) {
#if defined(__AVX512F__)
  return reinterpret_cast<Pairs>(
      _mm512_maskz_mul_epu32(0xFF, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif defined(__AVX2__)
  return reinterpret_cast<Pairs>(_mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#elif defined(__SSE2__)
  return reinterpret_cast<Pairs>(_mm_mul_epu32(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
  return (a & 0xFFFFFFFFU) * (b & 0xFFFFFFFFU);
#endif
}

struct Product {
  Words high;
  Words low;
};
CORNU_INLINE Product product_of(Words a, std::uint32_t factor) {
  const Pairs factors = std::uint64_t{factor} - Pairs{};
  const auto pairs = reinterpret_cast<Pairs>(a);
  const Pairs even = low_products(pairs, factors);
  const Pairs odd = low_products(pairs >> 32, factors);
  constexpr std::uint64_t kLow = 0xFFFFFFFF;
  return {reinterpret_cast<Words>((even >> 32) | (odd & ~kLow)), reinterpret_cast<Words>((even & kLow) | (odd << 32))};
}

// The words of kLanes counters (see `philox` in framework/random.h), of which `first` is the first.
struct Block {
  Words words[4];
};
CORNU_INLINE Block philox_block(RandomKey key, std::uint64_t first) {
  Words low;
  for (int i = 0; i < kLanes; ++i) low[i] = static_cast<std::uint32_t>(i);
  // `first` is a multiple of 16, so adding the lane carries nothing.
  Words c0 = low + static_cast<std::uint32_t>(first);
  Words c1 = static_cast<std::uint32_t>(first >> 32) - Words{};
  Words c2 = static_cast<std::uint32_t>(key.draw) - Words{};
  Words c3 = static_cast<std::uint32_t>(key.draw >> 32) - Words{};
  auto k0 = static_cast<std::uint32_t>(key.seed);
  auto k1 = static_cast<std::uint32_t>(key.seed >> 32);
  for (int round = 0; round < 10; ++round) {
    const Product p0 = product_of(c0, 0xD2511F53);
    const Product p2 = product_of(c2, 0xCD9E8D57);
    c0 = p2.high ^ c1 ^ k0;
    c1 = p2.low;
    c2 = p0.high ^ c3 ^ k1;
    c3 = p0.low;
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  return {{c0, c1, c2, c3}};
}

// Calls f(words of kLanes counters, place of the first of them in y).
template <typename F> CORNU_INLINE void for_blocks(RandomKey key, std::int64_t first, std::int64_t groups, F f) {
  constexpr std::int64_t kCounters = 16;
  for (std::int64_t group = 0; group < groups; ++group) {
    for (std::int64_t counter = 0; counter < kCounters; counter += kLanes) {
      f(philox_block(key, static_cast<std::uint64_t>((first + group) * kCounters + counter)), group * 64 + counter);
    }
  }
}

// In [0, 1), from the upper 24 bits.
CORNU_INLINE Floats unit(Words words) {
  return __builtin_convertvector(reinterpret_cast<Ints>(words >> 8), Floats) * 0x1p-24F;
}

void uniform(RandomKey key, std::int64_t first, std::int64_t groups, float low, float range, float top, float* y) {
  for_blocks(
      key, first, groups, [&](const Block& block, std::int64_t at) __attribute__((always_inline)) {
        for (int w = 0; w < 4; ++w) {
          const Floats value = low + range * unit(block.words[w]);
          store(y + at + w * 16, value < top ? value : splat(top));
        }
      });
}

// log of positive normal numbers, to within 2 units in the last place: x = 2^e m with m in [sqrt(1/2), sqrt(2)), and
// log(m) = 2 artanh(s) with s = (m - 1) / (m + 1), |s| < 0.172, by its series to s^9.
CORNU_INLINE Floats log(Floats x) {
  const Ints bits = as_ints(x);
  const Ints e = (bits - 0x3F3504F3) >> 23;
  const Floats m = as_floats(bits - (e << 23));
  const Floats s = (m - 1.0F) / (m + 1.0F);
  const Floats z = s * s;
  Floats series = splat(2.0F / 9.0F);
  series = series * z + 2.0F / 7.0F;
  series = series * z + 2.0F / 5.0F;
  series = series * z + 2.0F / 3.0F;
  const Floats whole = __builtin_convertvector(e, Floats);
  // log(2) in two parts, so that e times the first is exact.
  return whole * 0.693359375F + (whole * -2.12194440e-4F + (s * 2.0F + s * z * series));
}

CORNU_INLINE Floats square_root(Floats x) {
  Floats result;
  for (int i = 0; i < kLanes; ++i) result[i] = __builtin_sqrtf(x[i]);
  return result;
}

// Sine and cosine of 2 pi v for v in [0, 1): v lies within an eighth of a quarter turn q, where Taylor's series of
// degree 9 and 10 are exact to float32.
struct SineCosine {
  Floats sine;
  Floats cosine;
};
CORNU_INLINE SineCosine turn(Floats v) {
  constexpr float kMagic = 0x1.8p23F;  // adding it rounds to an integer in the low bits
  const Floats shifted = v * 4.0F + kMagic;
  const Floats a = (v - (shifted - kMagic) * 0.25F) * 6.28318531F;
  const Floats z = a * a;
  Floats sine = splat(2.7557319e-6F);
  sine = sine * z - 1.9841270e-4F;
  sine = sine * z + 8.3333333e-3F;
  sine = sine * z - 1.6666667e-1F;
  sine = sine * z * a + a;
  Floats cosine = splat(-2.7557319e-7F);
  cosine = cosine * z + 2.4801587e-5F;
  cosine = cosine * z - 1.3888889e-3F;
  cosine = cosine * z + 4.1666667e-2F;
  cosine = cosine * z - 0.5F;
  cosine = cosine * z + 1.0F;
  // sin(a + q pi/2) and cos(a + q pi/2)
  const Ints q = as_ints(shifted);
  const Ints swapped = (q & 1) != 0;
  const Floats s = swapped ? cosine : sine;
  const Floats c = swapped ? sine : cosine;
  return {as_floats(as_ints(s) ^ ((q & 2) << 30)), as_floats(as_ints(c) ^ (((q + 1) & 2) << 30))};
}

void normal(RandomKey key, std::int64_t first, std::int64_t groups, float* y) {
  for_blocks(
      key, first, groups, [&](const Block& block, std::int64_t at) __attribute__((always_inline)) {
        for (int pair = 0; pair < 2; ++pair) {
          // In (0, 1]: the logarithm is finite.
          const Floats u = __builtin_convertvector(block.words[2 * pair], Floats) * 0x1p-32F + 0x1p-33F;
          const Floats radius = square_root(log(u) * -2.0F);
          const SineCosine direction = turn(unit(block.words[2 * pair + 1]));
          store(y + at + pair * 32, radius * direction.cosine);
          store(y + at + pair * 32 + 16, radius * direction.sine);
        }
      });
}

void dropout(RandomKey key, std::int64_t first, std::int64_t groups, std::uint32_t threshold, float scale,
             const float* x, float* y) {
  for_blocks(
      key, first, groups, [&](const Block& block, std::int64_t at) __attribute__((always_inline)) {
        for (int w = 0; w < 4; ++w) {
          const Floats kept = load(x + at + w * 16) * scale;
          store(y + at + w * 16, block.words[w] >= threshold ? kept : splat(0.0F));
        }
      });
}

}  // namespace

const RandomKernels random_kernels{uniform, normal, dropout};

}  // namespace cornu::onednn::CORNU_ISA
