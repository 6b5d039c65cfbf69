#include "framework/backends/onednn/vector/softmax_kernels.h"

#include <cmath>
#include <limits>

#include "framework/backends/onednn/vector/lanes.h"

namespace cornu::onednn::CORNU_ISA {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Calls f(load, store at element i) for all elements of a row, the last ones with `rest` in the lanes behind the end.
template <typename F> CORNU_INLINE void for_row(const float* x, std::int64_t count, float rest, F f) {
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) f(load(x + i), i, std::int64_t{kLanes});
  if (i < count) f(load_some(x + i, count - i, rest), i, count - i);
}

CORNU_INLINE void put(float* to, Floats value, std::int64_t count) {
  if (count == kLanes) {
    store(to, value);
  } else {
    store_some(to, value, count);
  }
}

CORNU_INLINE Floats get(const float* from, std::int64_t count) {
  return count == kLanes ? load(from) : load_some(from, count, 0.0F);
}

CORNU_INLINE float peak_of(const float* x, std::int64_t count) {
  Floats peak = splat(-kInfinity);
  for_row(
      x, count, -kInfinity, [&](Floats value, std::int64_t, std::int64_t) __attribute__((always_inline)) {
        peak = greater_of(peak, value);
      });
  return greatest_of(peak);
}

// Sums of long rows are put together from those of parts, so that rounding does not add up.
constexpr std::int64_t kPart = 32 * kLanes;

// The sum of exp(x - peak); lanes behind the end hold exp(-infinity) = 0.
template <bool kStores> CORNU_INLINE float sum_of_exp(const float* x, std::int64_t count, float peak, float* y) {
  Floats total = splat(0.0F);
  for (std::int64_t first = 0; first < count; first += kPart) {
    Floats part = splat(0.0F);
    for_row(
        x + first, count - first < kPart ? count - first : kPart,
        -kInfinity, [&](Floats value, std::int64_t i, std::int64_t lanes) __attribute__((always_inline)) {
          const Floats e = exp(value - peak);
          part += e;
          if constexpr (kStores) put(y + first + i, e, lanes);
        });
    total += part;
  }
  return sum_of(total);
}

void softmax_row(const float* x, const float*, float* y, std::int64_t count) {
  const float total = sum_of_exp<true>(x, count, peak_of(x, count), y);
  for_row(
      y, count, 0.0F, [&](Floats value, std::int64_t i, std::int64_t lanes) __attribute__((always_inline)) {
        put(y + i, value / total, lanes);
      });
}

PeakAndRest log_sum_exp(const float* x, std::int64_t count) {
  const float peak = peak_of(x, count);
  return {peak, std::log(sum_of_exp<false>(x, count, peak, nullptr))};
}

void log_softmax_row(const float* x, const float*, float* y, std::int64_t count) {
  // Two subtractions: the sum of both parts, rounded, would cost the digits of a small logarithm.
  const PeakAndRest total = log_sum_exp(x, count);
  for_row(
      x, count, 0.0F, [&](Floats value, std::int64_t i, std::int64_t lanes) __attribute__((always_inline)) {
        put(y + i, (value - total.peak) - total.rest, lanes);
      });
}

void scaled_exp(const float* x, float log_total, float factor, float* result, std::int64_t count) {
  for_row(
      x, count, 0.0F, [&](Floats value, std::int64_t i, std::int64_t lanes) __attribute__((always_inline)) {
        put(result + i, exp(value - log_total) * factor, lanes);
      });
}

void softmax_gradient_row(const float* y, const float* dy, float* dx, std::int64_t count) {
  Floats products = splat(0.0F);
  for_row(
      y, count, 0.0F, [&](Floats value, std::int64_t i, std::int64_t lanes) __attribute__((always_inline)) {
        products += value * get(dy + i, lanes);
      });
  const float sum = sum_of(products);
  for_row(
      y, count, 0.0F, [&](Floats value, std::int64_t i, std::int64_t lanes) __attribute__((always_inline)) {
        put(dx + i, value * (get(dy + i, lanes) - sum), lanes);
      });
}

void log_softmax_gradient_row(const float* y, const float* dy, float* dx, std::int64_t count) {
  Floats sums = splat(0.0F);
  for_row(
      dy, count, 0.0F, [&](Floats value, std::int64_t, std::int64_t) __attribute__((always_inline)) { sums += value; });
  const float sum = sum_of(sums);
  for_row(
      y, count, 0.0F, [&](Floats value, std::int64_t i, std::int64_t lanes) __attribute__((always_inline)) {
        put(dx + i, get(dy + i, lanes) - exp(value) * sum, lanes);
      });
}

// --- columns: each lane does one of them
// ------------------------------------------------------------------------------

// Calls f(offset of the strip's first column, lanes in use) for strips of kLanes columns.
template <typename F> CORNU_INLINE void for_strips(std::int64_t columns, F f) {
  for (std::int64_t column = 0; column < columns; column += kLanes) {
    f(column, columns - column < kLanes ? columns - column : std::int64_t{kLanes});
  }
}

CORNU_INLINE Floats column_peaks(const float* x, std::int64_t count, std::int64_t stride, std::int64_t lanes) {
  Floats peak = splat(-kInfinity);
  for (std::int64_t i = 0; i < count; ++i) peak = greater_of(peak, get(x + i * stride, lanes));
  return peak;
}

void softmax_columns(const float* x, const float*, float* y, std::int64_t count, std::int64_t columns,
                     std::int64_t stride) {
  for_strips(
      columns, [&](std::int64_t column, std::int64_t lanes) __attribute__((always_inline)) {
        const Floats peak = column_peaks(x + column, count, stride, lanes);
        Floats sum = splat(0.0F);
        for (std::int64_t i = 0; i < count; ++i) {
          const Floats e = exp(get(x + i * stride + column, lanes) - peak);
          sum += e;
          put(y + i * stride + column, e, lanes);
        }
        for (std::int64_t i = 0; i < count; ++i) {
          float* place = y + i * stride + column;
          put(place, get(place, lanes) / sum, lanes);
        }
      });
}

void log_softmax_columns(const float* x, const float*, float* y, std::int64_t count, std::int64_t columns,
                         std::int64_t stride) {
  for_strips(
      columns, [&](std::int64_t column, std::int64_t lanes) __attribute__((always_inline)) {
        const Floats peak = column_peaks(x + column, count, stride, lanes);
        Floats sum = splat(0.0F);
        for (std::int64_t i = 0; i < count; ++i) sum += exp(get(x + i * stride + column, lanes) - peak);
        Floats rest;
        for (int lane = 0; lane < kLanes; ++lane) rest[lane] = std::log(sum[lane]);
        for (std::int64_t i = 0; i < count; ++i) {
          const std::int64_t at = i * stride + column;
          put(y + at, (get(x + at, lanes) - peak) - rest, lanes);
        }
      });
}

void softmax_gradient_columns(const float* y, const float* dy, float* dx, std::int64_t count, std::int64_t columns,
                              std::int64_t stride) {
  for_strips(
      columns, [&](std::int64_t column, std::int64_t lanes) __attribute__((always_inline)) {
        Floats sum = splat(0.0F);
        for (std::int64_t i = 0; i < count; ++i) {
          const std::int64_t at = i * stride + column;
          sum += get(y + at, lanes) * get(dy + at, lanes);
        }
        for (std::int64_t i = 0; i < count; ++i) {
          const std::int64_t at = i * stride + column;
          put(dx + at, get(y + at, lanes) * (get(dy + at, lanes) - sum), lanes);
        }
      });
}

void log_softmax_gradient_columns(const float* y, const float* dy, float* dx, std::int64_t count, std::int64_t columns,
                                  std::int64_t stride) {
  for_strips(
      columns, [&](std::int64_t column, std::int64_t lanes) __attribute__((always_inline)) {
        Floats sum = splat(0.0F);
        for (std::int64_t i = 0; i < count; ++i) sum += get(dy + i * stride + column, lanes);
        for (std::int64_t i = 0; i < count; ++i) {
          const std::int64_t at = i * stride + column;
          put(dx + at, get(dy + at, lanes) - exp(get(y + at, lanes)) * sum, lanes);
        }
      });
}

}  // namespace

const SoftmaxKernels softmax_kernels{{softmax_row, softmax_columns},
                                     {log_softmax_row, log_softmax_columns},
                                     {softmax_gradient_row, softmax_gradient_columns},
                                     {log_softmax_gradient_row, log_softmax_gradient_columns},
                                     log_sum_exp,
                                     scaled_exp};

}  // namespace cornu::onednn::CORNU_ISA
