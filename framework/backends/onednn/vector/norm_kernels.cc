#include "framework/backends/onednn/vector/norm_kernels.h"

#include <cmath>

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

// Two sums of each, over the even and the odd rows, for speed and for accuracy.
void moments(const float* x, std::int64_t rows, std::int64_t columns, std::int64_t stride, float* center, float* sum,
             float* squares) {
  for_columns(
      columns, [&](std::int64_t column, auto lanes) __attribute__((always_inline)) {
        const float* top = x + column;
        const Floats first = lanes.get(top);
        Floats even = splat(0.0F);
        Floats odd = splat(0.0F);
        std::int64_t row = 0;
        for (; row + 2 <= rows; row += 2) {
          even += lanes.get(top + row * stride) - first;
          odd += lanes.get(top + (row + 1) * stride) - first;
        }
        if (row < rows) even += lanes.get(top + row * stride) - first;
        const Floats middle = first + (even + odd) / static_cast<float>(rows);
        even = odd = splat(0.0F);
        Floats even_squares = splat(0.0F);
        Floats odd_squares = splat(0.0F);
        for (row = 0; row + 2 <= rows; row += 2) {
          const Floats a = lanes.get(top + row * stride) - middle;
          const Floats b = lanes.get(top + (row + 1) * stride) - middle;
          even += a;
          odd += b;
          even_squares += a * a;
          odd_squares += b * b;
        }
        if (row < rows) {
          const Floats a = lanes.get(top + row * stride) - middle;
          even += a;
          even_squares += a * a;
        }
        lanes.put(center + column, middle);
        lanes.put(sum + column, even + odd);
        lanes.put(squares + column, even_squares + odd_squares);
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
  for_columns(
      columns, [&](std::int64_t column, auto lanes) __attribute__((always_inline)) {
        const Floats middle = lanes.get(mean + column);
        Floats even = splat(0.0F);
        Floats odd = splat(0.0F);
        Floats even_products = splat(0.0F);
        Floats odd_products = splat(0.0F);
        std::int64_t row = 0;
        for (; row + 2 <= rows; row += 2) {
          const std::int64_t at = row * stride + column;
          const Floats a = lanes.get(dy + at);
          const Floats b = lanes.get(dy + at + stride);
          even += a;
          odd += b;
          even_products += a * (lanes.get(x + at) - middle);
          odd_products += b * (lanes.get(x + at + stride) - middle);
        }
        if (row < rows) {
          const std::int64_t at = row * stride + column;
          const Floats a = lanes.get(dy + at);
          even += a;
          even_products += a * (lanes.get(x + at) - middle);
        }
        lanes.put(sum + column, even + odd);
        lanes.put(product_sum + column, even_products + odd_products);
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
