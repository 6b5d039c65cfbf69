#include "framework/backends/onednn/vector/reduce_kernels.h"

#include <limits>

#include "framework/backends/onednn/vector/lanes.h"

namespace cornu::onednn::CORNU_ISA {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Sum {
  static constexpr float kStart = 0.0F;
  using Precise = double;
  CORNU_INLINE static Floats fold(Floats a, Floats x) { return a + x; }
  template <typename T> CORNU_INLINE static T fold_one(T a, T x) { return a + x; }
};

struct Product {
  static constexpr float kStart = 1.0F;
  using Precise = double;
  CORNU_INLINE static Floats fold(Floats a, Floats x) { return a * x; }
  template <typename T> CORNU_INLINE static T fold_one(T a, T x) { return a * x; }
};

struct Maximum {
  static constexpr float kStart = -kInfinity;
  using Precise = float;
  CORNU_INLINE static Floats fold(Floats a, Floats x) { return greater_of(a, x); }
  CORNU_INLINE static float fold_one(float a, float x) { return x > a || x != x ? x : a; }
};

struct Minimum {
  static constexpr float kStart = kInfinity;
  using Precise = float;
  CORNU_INLINE static Floats fold(Floats a, Floats x) { return lesser_of(a, x); }
  CORNU_INLINE static float fold_one(float a, float x) { return x < a || x != x ? x : a; }
};

template <typename Fold> float fold_row(const float* x, std::int64_t count) {
  const auto fold = [](Floats a, Floats b) __attribute__((always_inline)) { return Fold::fold(a, b); };
  Floats a = splat(Fold::kStart);
  std::int64_t i = 0;
  if (count >= 4 * kLanes) {
    Floats b = a;
    Floats c = a;
    Floats d = a;
    for (; i + 4 * kLanes <= count; i += 4 * kLanes) {
      a = Fold::fold(a, load(x + i));
      b = Fold::fold(b, load(x + i + kLanes));
      c = Fold::fold(c, load(x + i + 2 * kLanes));
      d = Fold::fold(d, load(x + i + 3 * kLanes));
    }
    a = Fold::fold(Fold::fold(a, b), Fold::fold(c, d));
  }
  for (; i + kLanes <= count; i += kLanes) a = Fold::fold(a, load(x + i));
  if (i < count) a = Fold::fold(a, load_some(x + i, count - i, Fold::kStart));
  return fold_lanes(a, fold);
}

// `kVectors` vectors of columns; two sums of each, over the even and the odd rows, for speed and for accuracy.
template <typename Fold, int kVectors>
CORNU_INLINE void fold_strip(const float* x, std::int64_t rows, std::int64_t stride, float* result) {
  Floats even[kVectors];
  Floats odd[kVectors];
  for (int v = 0; v < kVectors; ++v) even[v] = odd[v] = splat(Fold::kStart);
  std::int64_t row = 0;
  for (; row + 2 <= rows; row += 2) {
    const float* here = x + row * stride;
    for (int v = 0; v < kVectors; ++v) even[v] = Fold::fold(even[v], load(here + v * kLanes));
    for (int v = 0; v < kVectors; ++v) odd[v] = Fold::fold(odd[v], load(here + stride + v * kLanes));
  }
  for (int v = 0; v < kVectors; ++v) {
    if (row < rows) even[v] = Fold::fold(even[v], load(x + row * stride + v * kLanes));
    store(result + v * kLanes, Fold::fold(even[v], odd[v]));
  }
}

template <typename Fold>
void fold_columns(const float* x, std::int64_t rows, std::int64_t columns, std::int64_t stride, float* result) {
  std::int64_t column = 0;
  for (; column + 4 * kLanes <= columns; column += 4 * kLanes)
    fold_strip<Fold, 4>(x + column, rows, stride, result + column);
  for (; column + kLanes <= columns; column += kLanes) fold_strip<Fold, 1>(x + column, rows, stride, result + column);
  if (column < columns) {
    Floats folded = splat(Fold::kStart);
    for (std::int64_t row = 0; row < rows; ++row) {
      folded = Fold::fold(folded, load_some(x + row * stride + column, columns - column, Fold::kStart));
    }
    store_some(result + column, folded, columns - column);
  }
}

template <typename Fold>
void combine_columns(const float* x, std::int64_t rows, std::int64_t columns, std::int64_t stride, float* result) {
  constexpr std::int64_t kTile = 64;
  typename Fold::Precise folded[kTile];
  for (std::int64_t first = 0; first < columns; first += kTile) {
    const std::int64_t count = columns - first < kTile ? columns - first : kTile;
    for (std::int64_t i = 0; i < count; ++i) folded[i] = Fold::kStart;
    for (std::int64_t row = 0; row < rows; ++row) {
      const float* here = x + row * stride + first;
      for (std::int64_t i = 0; i < count; ++i) {
        folded[i] = Fold::fold_one(folded[i], static_cast<typename Fold::Precise>(here[i]));
      }
    }
    for (std::int64_t i = 0; i < count; ++i) result[first + i] = static_cast<float>(folded[i]);
  }
}

template <typename Fold> constexpr FoldKernels kFold{fold_row<Fold>, fold_columns<Fold>, combine_columns<Fold>};

}  // namespace

const ReduceKernels reduce_kernels{kFold<Sum>, kFold<Product>, kFold<Maximum>, kFold<Minimum>};

}  // namespace cornu::onednn::CORNU_ISA
