#include "framework/backends/onednn/vector/norm_kernels.h"

#include <cmath>
#include <type_traits>

#include "framework/backends/onednn/vector/lanes.h"

namespace cornu::onednn::CORNU_ISA {
namespace {

// A vector of columns, or what is left of one at the end.
struct Whole {
  CORNU_INLINE Floats get(const float* from) const { return load(from); }
  CORNU_INLINE void put(float* to, Floats value) const { store(to, value); }
};
struct Rest {
  std::int64_t count;
  CORNU_INLINE Floats get(const float* from) const { return load_some(from, count, 0.0F); }
  CORNU_INLINE void put(float* to, Floats value) const { store_some(to, value, count); }
};

// Calls f(first column, accessor) for each vector of columns.
template <typename F> CORNU_INLINE void for_columns(std::int64_t columns, F f) {
  std::int64_t column = 0;
  for (; column + kLanes <= columns; column += kLanes) f(column, Whole{});
  if (column < columns) f(column, Rest{columns - column});
}

// Calls f(first column, accessor, number of vectors) for several vectors of columns side by side, so that a row is read
// in the order of memory.
template <typename F> CORNU_INLINE void for_wide_columns(std::int64_t columns, F f) {
  constexpr std::int64_t kSideBySide = 4;
  std::int64_t column = 0;
  for (; column + kSideBySide * kLanes <= columns; column += kSideBySide * kLanes)
    f(column, Whole{}, std::integral_constant<int, kSideBySide>{});
  for (; column + kLanes <= columns; column += kLanes) f(column, Whole{}, std::integral_constant<int, 1>{});
  if (column < columns) f(column, Rest{columns - column}, std::integral_constant<int, 1>{});
}

// Sums over the even and the odd rows, for speed and for accuracy: calls f(vector, row, 0 or 1).
template <int kVectors, typename F> CORNU_INLINE void for_rows(std::int64_t rows, F f) {
  std::int64_t row = 0;
  for (; row + 2 <= rows; row += 2) {
    for (int v = 0; v < kVectors; ++v) f(v, row, 0);
    for (int v = 0; v < kVectors; ++v) f(v, row + 1, 1);
  }
  if (row < rows) {
    for (int v = 0; v < kVectors; ++v) f(v, row, 0);
  }
}

template <int kVectors> struct Sums {
  Floats halves[2][kVectors] = {};

  CORNU_INLINE void add(int v, int half, Floats value) { halves[half][v] += value; }
  CORNU_INLINE Floats total(int v) const { return halves[0][v] + halves[1][v]; }
};

void moments(const float* x, std::int64_t rows, std::int64_t columns, std::int64_t stride, float* center, float* sum,
             float* squares) {
  for_wide_columns(
      columns, [&](std::int64_t column, auto lanes, auto vectors) __attribute__((always_inline)) {
        constexpr int kVectors = vectors;
        const float* top = x + column;
        const auto element = [&](int v, std::int64_t row) __attribute__((always_inline)) {
          return lanes.get(top + row * stride + v * kLanes);
        };
        Floats middle[kVectors];
        for (int v = 0; v < kVectors; ++v) middle[v] = element(v, 0);
        Sums<kVectors> first;
        for_rows<kVectors>(
            rows, [&](int v, std::int64_t row, int half)
                      __attribute__((always_inline)) { first.add(v, half, element(v, row) - middle[v]); });
        for (int v = 0; v < kVectors; ++v) middle[v] += first.total(v) / static_cast<float>(rows);
        Sums<kVectors> second;
        Sums<kVectors> second_squares;
        for_rows<kVectors>(
            rows, [&](int v, std::int64_t row, int half) __attribute__((always_inline)) {
              const Floats distance = element(v, row) - middle[v];
              second.add(v, half, distance);
              second_squares.add(v, half, distance * distance);
            });
        for (int v = 0; v < kVectors; ++v) {
          lanes.put(center + column + v * kLanes, middle[v]);
          lanes.put(sum + column + v * kLanes, second.total(v));
          lanes.put(squares + column + v * kLanes, second_squares.total(v));
        }
      });
}

void normalize(const float* x, std::int64_t rows, std::int64_t columns, std::int64_t stride, const float* mean,
               const float* scale, const float* beta, float* y) {
  for (std::int64_t row = 0; row < rows; ++row) {
    const float* from = x + row * stride;
    float* to = y + row * stride;
    for_columns(
        columns, [&](std::int64_t c, auto lanes) __attribute__((always_inline)) {
          lanes.put(to + c, (lanes.get(from + c) - lanes.get(mean + c)) * lanes.get(scale + c) + lanes.get(beta + c));
        });
  }
}

void gradient_sums(const float* x, const float* dy, std::int64_t rows, std::int64_t columns, std::int64_t stride,
                   const float* mean, float* sum, float* product_sum) {
  for_wide_columns(
      columns, [&](std::int64_t column, auto lanes, auto vectors) __attribute__((always_inline)) {
        constexpr int kVectors = vectors;
        Floats middle[kVectors];
        for (int v = 0; v < kVectors; ++v) middle[v] = lanes.get(mean + column + v * kLanes);
        Sums<kVectors> sums;
        Sums<kVectors> products;
        for_rows<kVectors>(
            rows, [&](int v, std::int64_t row, int half) __attribute__((always_inline)) {
              const std::int64_t at = row * stride + column + v * kLanes;
              const Floats gradient = lanes.get(dy + at);
              sums.add(v, half, gradient);
              products.add(v, half, gradient * (lanes.get(x + at) - middle[v]));
            });
        for (int v = 0; v < kVectors; ++v) {
          lanes.put(sum + column + v * kLanes, sums.total(v));
          lanes.put(product_sum + column + v * kLanes, products.total(v));
        }
      });
}

void input_gradient(const float* x, const float* dy, std::int64_t rows, std::int64_t columns, std::int64_t stride,
                    const float* mean, const float* scale, const float* shift, const float* slope, float* dx) {
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::int64_t start = row * stride;
    for_columns(
        columns, [&](std::int64_t c, auto lanes) __attribute__((always_inline)) {
          const Floats centred = lanes.get(x + start + c) - lanes.get(mean + c);
          const Floats inner = (lanes.get(dy + start + c) - lanes.get(shift + c)) - centred * lanes.get(slope + c);
          lanes.put(dx + start + c, inner * lanes.get(scale + c));
        });
  }
}

// Sums of long rows are put together from those of parts, so that rounding does not add up.
constexpr std::int64_t kPart = 32 * kLanes;

// The sum of f(i) over the vectors at i of a row; f gives 0 in lanes behind the end.
template <typename F> CORNU_INLINE float row_sum(std::int64_t size, F f) {
  Floats total = splat(0.0F);
  for (std::int64_t first = 0; first < size; first += kPart) {
    Floats part = splat(0.0F);
    for_columns(
        size - first < kPart ? size - first : kPart, [&](std::int64_t i, auto lanes) __attribute__((always_inline)) {
          part += f(first + i, lanes);
        });
    total += part;
  }
  return sum_of(total);
}

CORNU_INLINE Floats masked(Floats value, Whole) { return value; }
CORNU_INLINE Floats masked(Floats value, Rest lanes) {
  float kept[kLanes] = {};
  store_some(kept, value, lanes.count);
  return load(kept);
}

void layer_norm(const float* x, const float* gamma, const float* beta, std::int64_t size, float epsilon, bool centered,
                float* y, float* mean, float* rstd) {
  const auto n = static_cast<float>(size);
  float middle = 0.0F;
  if (centered) {
    // The second sum removes what rounding left in the first, which counts where the mean is large.
    const float estimate =
        row_sum(
            size, [&](std::int64_t i, auto lanes) __attribute__((always_inline)) { return lanes.get(x + i); }) /
        n;
    const float rest =
        row_sum(
            size, [&](std::int64_t i, auto lanes)
                      __attribute__((always_inline)) { return masked(lanes.get(x + i) - estimate, lanes); }) /
        n;
    middle = estimate + rest;
  }
  const float squares = row_sum(
      size, [&](std::int64_t i, auto lanes) __attribute__((always_inline)) {
        const Floats centred = masked(lanes.get(x + i) - middle, lanes);
        return centred * centred;
      });
  const float r = 1.0F / std::sqrt(squares / n + epsilon);
  for_columns(
      size, [&](std::int64_t i, auto lanes) __attribute__((always_inline)) {
        lanes.put(y + i, (lanes.get(x + i) - middle) * r * lanes.get(gamma + i) + lanes.get(beta + i));
      });
  *mean = middle;
  *rstd = r;
}

void layer_norm_gradient(const float* x, float mean, float rstd, const float* gamma, const float* dy, std::int64_t size,
                         bool centered, float* dx, float* dgamma, float* dbeta) {
  const auto n = static_cast<float>(size);
  const float sum =
      centered ? row_sum(
                     size, [&](std::int64_t i, auto lanes)
                               __attribute__((always_inline)) { return lanes.get(gamma + i) * lanes.get(dy + i); })
               : 0.0F;
  const float product_sum = row_sum(
      size, [&](std::int64_t i, auto lanes) __attribute__((always_inline)) {
        return lanes.get(gamma + i) * lanes.get(dy + i) * ((lanes.get(x + i) - mean) * rstd);
      });
  const float shift = sum / n;
  const float slope = product_sum / n;
  for_columns(
      size, [&](std::int64_t i, auto lanes) __attribute__((always_inline)) {
        const Floats z = (lanes.get(x + i) - mean) * rstd;
        const Floats g = lanes.get(dy + i);
        lanes.put(dgamma + i, lanes.get(dgamma + i) + g * z);
        lanes.put(dbeta + i, lanes.get(dbeta + i) + g);
        lanes.put(dx + i, (lanes.get(gamma + i) * g - shift - z * slope) * rstd);
      });
}

}  // namespace

const NormKernels norm_kernels{moments, normalize, gradient_sums, input_gradient, layer_norm, layer_norm_gradient};

}  // namespace cornu::onednn::CORNU_ISA
