#pragma once

// erf for machines with AVX-512, where a register holds a table: erf(a) / a is a polynomial of degree 5 on each of 16
// equal parts of [0, 4), and its coefficients are looked up by a shuffle. That takes half the time of erf_of in
// elementary.h, which has to compute two formulas for every element. Only for `*_kernels.cc` files.

#if defined(__AVX512F__)

#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "framework/backends/onednn/vector/elementary.h"

namespace cornu::vector::CORNU_ISA {

// In the distance from the middle of the part, lowest power first. Fits of our own at Chebyshev's nodes, off by 2e-8.
alignas(64) inline constexpr float kErfCoefficients[6][16] = {
    {1.1225296F, 1.0776451F, 0.9971854F, 0.8960858F, 0.78967845F, 0.68957824F, 0.6021192F, 0.5290614F, 0.46933928F,
     0.42072296F, 0.38087416F, 0.34780943F, 0.31999683F, 0.29629576F, 0.27586198F, 0.2580645F},
    {-0.09315495F, -0.25944608F, -0.3738974F, -0.42438942F, -0.4190262F, -0.37761343F, -0.3210135F, -0.26427495F,
     -0.2150581F, -0.17545958F, -0.14465763F, -0.120876245F, -0.102378264F, -0.08778756F, -0.07609925F, -0.0665972F},
    {-0.3656423F, -0.28849527F, -0.16526486F, -0.03973095F, 0.05419181F, 0.10426741F, 0.117074735F, 0.10740139F,
     0.08886349F, 0.069871515F, 0.053959895F, 0.0417537F, 0.03269627F, 0.025998358F, 0.020990666F, 0.017186025F},
    {0.05537731F, 0.14298537F, 0.17534515F, 0.1516022F, 0.09623072F, 0.03903347F, -0.0013741032F, -0.021311771F,
     -0.02627104F, -0.023638383F, -0.018693207F, -0.014000446F, -0.010334816F, -0.0076757884F, -0.0057853768F,
     -0.0044342536F},
    {0.106054604F, 0.062698305F, 0.0019805843F, -0.044400036F, -0.06033743F, -0.050438937F, -0.02978686F, -0.011271459F,
     -0.00012738898F, 0.004376016F, 0.0050413064F, 0.0042129266F, 0.003131424F, 0.0022355013F, 0.001589874F,
     0.001144511F},
    {-0.019447898F, -0.046226498F, -0.0464781F, -0.025573434F, -0.00069290836F, 0.014380537F, 0.016916702F,
     0.012061846F, 0.005922712F, 0.0016810206F, -0.00030552447F, -0.0008642914F, -0.00081523554F, -0.00061317324F,
     -0.00042753984F, -0.00029325602F},
};

typedef float ErfFloats __attribute__((vector_size(64)));
typedef std::int32_t ErfInts __attribute__((vector_size(64)));

// Within 2 units in the last place.
CORNU_INLINE void erf_of(const float* x, float* result) {
  constexpr float kPartsPerUnit = 4.0F;
  constexpr float kBelowEnd = 0x1.fffffep1F;  // from 4 on erf rounds to 1
  ErfFloats value;
  std::memcpy(&value, x, sizeof value);
  const ErfFloats magnitude = value < 0.0F ? -value : value;
  const ErfFloats a = magnitude > kBelowEnd ? kBelowEnd - ErfFloats{} : magnitude;
  const ErfInts part = __builtin_convertvector(a * kPartsPerUnit, ErfInts);
  const ErfFloats middle = __builtin_convertvector(part, ErfFloats) / kPartsPerUnit + 0.5F / kPartsPerUnit;
  const ErfFloats t = a - middle;
  const auto coefficient = [&](int power) __attribute__((always_inline)) {
    ErfFloats table;
    std::memcpy(&table, kErfCoefficients[power], sizeof table);
    constexpr __mmask16 kAll = 0xffff;
    return static_cast<ErfFloats>(_mm512_maskz_permutexvar_ps(kAll, reinterpret_cast<__m512i>(part), table));
  };
  ErfFloats p = coefficient(5);
  for (int power = 4; power >= 0; --power) p = p * t + coefficient(power);
  p *= a;
  p = p > 1.0F ? 1.0F - ErfFloats{} : p;
  p = value < 0.0F ? -p : p;
  std::memcpy(result, &p, sizeof p);
}

inline void erf_block(const float* const* operands, float* result, int count) {
  constexpr int kLanes = 16;
  int i = 0;
  for (; i + kLanes <= count; i += kLanes) erf_of(operands[0] + i, result + i);
  if (i == count) return;
  float rest[kLanes] = {};
  std::memcpy(rest, operands[0] + i, static_cast<std::size_t>(count - i) * sizeof(float));
  erf_of(rest, rest);
  std::memcpy(result + i, rest, static_cast<std::size_t>(count - i) * sizeof(float));
}

}  // namespace cornu::vector::CORNU_ISA

#endif
