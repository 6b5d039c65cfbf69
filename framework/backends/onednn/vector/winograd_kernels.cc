#include "framework/backends/onednn/vector/winograd_kernels.h"

#include <algorithm>

#include "framework/backends/onednn/vector/lanes.h"

namespace cornu::onednn::CORNU_ISA {
namespace {

// The points of interpolation are 0, +-kP, +-kQ and infinity.
constexpr float kP = 0.625F;
constexpr float kQ = 1.5F;
constexpr float kP2 = kP * kP;
constexpr float kQ2 = kQ * kQ;
constexpr float kP3 = kP2 * kP;
constexpr float kQ3 = kQ2 * kQ;
// What Lagrange's polynomials are divided by; the kernel's transform takes it on.
constexpr float kZeroScale = 1 / (kP2 * kQ2);
constexpr float kPScale = 1 / (2 * kP2 * (kP2 - kQ2));
constexpr float kQScale = 1 / (2 * kQ2 * (kQ2 - kP2));

// One-dimensional transforms. Points come in the order 0, +p, -p, +q, -q, infinity; pairs share their even and odd
// part.

struct InputTransform {
  static constexpr int kFrom = 6;
  static constexpr int kTo = 6;
  CORNU_INLINE static void apply(const Floats (&x)[6], Floats (&t)[6]) {
    const Floats even_p = x[4] - x[2] * kQ2;
    const Floats odd_p = x[3] - x[1] * kQ2;
    const Floats even_q = x[4] - x[2] * kP2;
    const Floats odd_q = x[3] - x[1] * kP2;
    t[0] = x[0] * (kP2 * kQ2) + (x[4] - x[2] * (kP2 + kQ2));
    t[1] = even_p + odd_p * kP;
    t[2] = even_p - odd_p * kP;
    t[3] = even_q + odd_q * kQ;
    t[4] = even_q - odd_q * kQ;
    t[5] = x[1] * (kP2 * kQ2) + (x[5] - x[3] * (kP2 + kQ2));
  }
};

struct OutputTransform {
  static constexpr int kFrom = 6;
  static constexpr int kTo = 4;
  CORNU_INLINE static void apply(const Floats (&m)[6], Floats (&y)[4]) {
    const Floats sum_p = m[1] + m[2];
    const Floats difference_p = m[1] - m[2];
    const Floats sum_q = m[3] + m[4];
    const Floats difference_q = m[3] - m[4];
    y[0] = m[0] + sum_p + sum_q;
    y[1] = difference_p * kP + difference_q * kQ;
    y[2] = sum_p * kP2 + sum_q * kQ2;
    y[3] = m[5] + difference_p * kP3 + difference_q * kQ3;
  }
};

struct GradientTransform {
  static constexpr int kFrom = 4;
  static constexpr int kTo = 6;
  CORNU_INLINE static void apply(const Floats (&y)[4], Floats (&m)[6]) {
    const Floats even_p = y[0] + y[2] * kP2;
    const Floats odd_p = y[1] * kP + y[3] * kP3;
    const Floats even_q = y[0] + y[2] * kQ2;
    const Floats odd_q = y[1] * kQ + y[3] * kQ3;
    m[0] = y[0];
    m[1] = even_p + odd_p;
    m[2] = even_p - odd_p;
    m[3] = even_q + odd_q;
    m[4] = even_q - odd_q;
    m[5] = y[3];
  }
};

struct KernelTransform {
  static constexpr int kFrom = 3;
  static constexpr int kTo = 6;
  CORNU_INLINE static void apply(const Floats (&g)[3], Floats (&u)[6]) {
    const Floats even_p = g[0] * kPScale + g[2] * (kP2 * kPScale);
    const Floats odd_p = g[1] * (kP * kPScale);
    const Floats even_q = g[0] * kQScale + g[2] * (kQ2 * kQScale);
    const Floats odd_q = g[1] * (kQ * kQScale);
    u[0] = g[0] * kZeroScale;
    u[1] = even_p + odd_p;
    u[2] = even_p - odd_p;
    u[3] = even_q + odd_q;
    u[4] = even_q - odd_q;
    u[5] = g[2];
  }
};

struct KernelFold {
  static constexpr int kFrom = 6;
  static constexpr int kTo = 3;
  CORNU_INLINE static void apply(const Floats (&u)[6], Floats (&g)[3]) {
    const Floats sum_p = (u[1] + u[2]) * kPScale;
    const Floats difference_p = (u[1] - u[2]) * kPScale;
    const Floats sum_q = (u[3] + u[4]) * kQScale;
    const Floats difference_q = (u[3] - u[4]) * kQScale;
    g[0] = u[0] * kZeroScale + sum_p + sum_q;
    g[1] = difference_p * kP + difference_q * kQ;
    g[2] = sum_p * kP2 + sum_q * kQ2 + u[5];
  }
};

// The two-dimensional transform, down the columns and then along the rows: `read(i, j)` gives an element of the square,
// `write(i, j, value)` takes one of the result. Everything is unrolled, so that what lies between the two stays in
// registers; a result of 6 x 6 is made in two parts because 36 values would not (stores to memory are the bottleneck).
template <typename Transform, int FirstRow, int LastRow, typename Read, typename Write>
CORNU_INLINE void transform_rows(const Read& read, const Write& write) {
  constexpr int kFrom = Transform::kFrom;
  constexpr int kTo = Transform::kTo;
  Floats half[LastRow - FirstRow][kFrom];
#pragma GCC unroll 6
  for (int j = 0; j < kFrom; ++j) {
    Floats column[kFrom];
    Floats result[kTo];
#pragma GCC unroll 6
    for (int i = 0; i < kFrom; ++i) column[i] = read(i, j);
    Transform::apply(column, result);
#pragma GCC unroll 6
    for (int i = FirstRow; i < LastRow; ++i) half[i - FirstRow][j] = result[i];
  }
#pragma GCC unroll 6
  for (int i = FirstRow; i < LastRow; ++i) {
    Floats result[kTo];
    Transform::apply(half[i - FirstRow], result);
#pragma GCC unroll 6
    for (int j = 0; j < kTo; ++j) write(i, j, result[j]);
  }
}

template <typename Transform, typename Read, typename Write>
CORNU_INLINE void transform_square(const Read& read, const Write& write) {
  constexpr int kTo = Transform::kTo;
  if constexpr (Transform::kFrom == 6 && kTo == 6) {
    transform_rows<Transform, 0, 3>(read, write);
    transform_rows<Transform, 3, 6>(read, write);
  } else {
    transform_rows<Transform, 0, kTo>(read, write);
  }
}

template <int Size> bool is_whole(const WinogradPatch& patch) {
  return patch.first_row == 0 && patch.last_row == Size && patch.first_column == 0 && patch.last_column == Size;
}

CORNU_INLINE bool is_inside(const WinogradPatch& patch, int i, int j) {
  return (i >= patch.first_row) & (i < patch.last_row) & (j >= patch.first_column) & (j < patch.last_column);
}

// All bits set for the rows and columns that lie inside. Branches would be mispredicted more often than not at the
// border of small images.
template <int Size> struct InsideMasks {
  explicit InsideMasks(const WinogradPatch& patch) {
    for (int i = 0; i < Size; ++i) {
      rows[i] = -static_cast<std::int64_t>(i >= patch.first_row && i < patch.last_row);
      columns[i] = -static_cast<std::int64_t>(i >= patch.first_column && i < patch.last_column);
    }
  }
  std::int64_t rows[Size];
  std::int64_t columns[Size];
};

// From pixels to points.
template <typename Transform>
void transform_patch(const float* image, const WinogradPatch& patch, std::int64_t count, float* points,
                     std::int64_t point) {
  std::int64_t c = 0;
  const auto write = [&](int i, int j, Floats value) __attribute__((always_inline)) {
    store(points + (i * Transform::kTo + j) * point + c, value);
  };
  if (is_whole<Transform::kFrom>(patch)) {
    const float* first = image + patch.offset;
    for (; c + kLanes <= count; c += kLanes) {
      const auto read = [&](int i, int j) __attribute__((always_inline)) {
        const float* pixel = first + i * patch.row + j * patch.column + c;
        // The tile beside, whose last columns are new: rows of pixels are too short for the machine to see it coming.
        if (j >= Transform::kFrom - 4) __builtin_prefetch(pixel + 4 * patch.column);
        return load(pixel);
      };
      transform_square<Transform>(read, write);
    }
  }
  if (c >= count) return;
  const InsideMasks<Transform::kFrom> inside(patch);
  for (; c < count; c += kLanes) {
    const std::int64_t channels = std::min<std::int64_t>(count - c, kLanes);
    const auto read = [&](int i, int j) __attribute__((always_inline)) {
      const std::int64_t mask = inside.rows[i] & inside.columns[j];
      const std::int64_t pixel = patch.offset + i * patch.row + j * patch.column + c;
      return load_some(image + (pixel & mask), channels & mask, 0);
    };
    transform_square<Transform>(read, write);
  }
}

// Of a finish the part for one group of filters.
struct Finish {
  const WinogradFinish& options;
  Floats bias;

  CORNU_INLINE Floats of(Floats value, Floats addend) const {
    value += bias;
    if (options.addend) value += addend;
    if (options.has_lower) value = greater_of(splat(options.lower), value);
    if (options.has_upper) value = lesser_of(splat(options.upper), value);
    return value;
  }
};

template <bool Whole>
CORNU_INLINE void transform_filters(const float* points, std::int64_t point, std::int64_t count,
                                    const WinogradFinish& finish, float* image, const WinogradPatch& patch) {
  const auto part = [&](const float* from) __attribute__((always_inline)) {
    return Whole ? load(from) : load_some(from, count, 0);
  };
  const Finish way_out{finish, finish.bias ? part(finish.bias) : Floats{}};
  const auto read = [&](int i, int j) __attribute__((always_inline)) { return load(points + (i * 6 + j) * point); };
  const auto write = [&](int i, int j, Floats value) __attribute__((always_inline)) {
    if (!Whole && !is_inside(patch, i, j)) return;
    const std::int64_t pixel = patch.offset + i * patch.row + j * patch.column;
    value = way_out.of(value, finish.addend ? part(finish.addend + pixel) : Floats{});
    if (Whole) {
      store(image + pixel, value);
    } else {
      store_some(image + pixel, value, count);
    }
  };
  transform_square<OutputTransform>(read, write);
}

void transform_output(const float* points, std::int64_t point, std::int64_t count, const WinogradFinish& finish,
                      float* image, const WinogradPatch& patch) {
  const bool whole = is_whole<4>(patch);
  for (std::int64_t k = 0; k < count; k += kLanes) {
    WinogradFinish here = finish;
    if (here.bias) here.bias += k;
    if (here.addend) here.addend += k;
    if (whole && count - k >= kLanes) {
      transform_filters<true>(points + k, point, kLanes, here, image + k, patch);
    } else {
      transform_filters<false>(points + k, point, std::min<std::int64_t>(count - k, kLanes), here, image + k, patch);
    }
  }
}

void transform_kernel(const float* taps, std::int64_t tap, std::int64_t count, float* points, std::int64_t point) {
  for (std::int64_t k = 0; k < count; k += kLanes) {
    const std::int64_t rest = std::min<std::int64_t>(count - k, kLanes);
    const auto read = [&](int i, int j) __attribute__((always_inline)) {
      return load_some(taps + (i * 3 + j) * tap + k, rest, 0);
    };
    const auto write = [&](int i, int j, Floats value) __attribute__((always_inline)) {
      store(points + (i * 6 + j) * point + k, value);
    };
    transform_square<KernelTransform>(read, write);
  }
}

void fold_kernel(const float* points, std::int64_t point, std::int64_t count, float* taps, std::int64_t tap) {
  for (std::int64_t k = 0; k < count; k += kLanes) {
    const std::int64_t rest = std::min<std::int64_t>(count - k, kLanes);
    const auto read = [&](int i, int j) __attribute__((always_inline)) {
      return load(points + (i * 6 + j) * point + k);
    };
    const auto write = [&](int i, int j, Floats value) __attribute__((always_inline)) {
      store_some(taps + (i * 3 + j) * tap + k, value, rest);
    };
    transform_square<KernelFold>(read, write);
  }
}

}  // namespace

constinit const WinogradKernels winograd_kernels = {.lanes = kLanes,
                                                    .transform_input = transform_patch<InputTransform>,
                                                    .transform_output = transform_output,
                                                    .transform_gradient = transform_patch<GradientTransform>,
                                                    .transform_kernel = transform_kernel,
                                                    .fold_kernel = fold_kernel};

}  // namespace cornu::onednn::CORNU_ISA
