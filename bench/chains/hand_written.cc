#include "bench/chains/hand_written.h"

#include <cmath>

namespace bench::hand_written {

void adam(const float* gradient, float step_size, float* weight, float* momentum, float* velocity, Size count) {
#pragma omp simd
  for (Size i = 0; i < count; ++i) {
    const float g = gradient[i];
    const float m = momentum[i] + (g - momentum[i]) * 0.1F;
    const float v = velocity[i] + (g * g - velocity[i]) * 0.001F;
    momentum[i] = m;
    velocity[i] = v;
    weight[i] -= m * step_size / (std::sqrt(v) + 1e-7F);
  }
}

void momentum_step(const float* gradient, float learning_rate, float* weight, float* momentum, Size count) {
#pragma omp simd
  for (Size i = 0; i < count; ++i) {
    const float m = momentum[i] * 0.9F - gradient[i] * learning_rate;
    momentum[i] = m;
    weight[i] += m;
  }
}

void relu_gradient(const float* output, const float* gradient, float* result, Size count) {
#pragma omp simd
  for (Size i = 0; i < count; ++i) result[i] = output[i] > 0.0F ? gradient[i] : 0.0F;
}

void add_relu(const float* x, const float* y, float* result, Size count) {
#pragma omp simd
  for (Size i = 0; i < count; ++i) {
    const float sum = x[i] + y[i];
    result[i] = sum > 0.0F ? sum : 0.0F;
  }
}

void scale_shift(const float* x, const float* scale, const float* shift, float* result, Size rows, Size columns) {
  for (Size row = 0; row < rows; ++row) {
#pragma omp simd
    for (Size i = 0; i < columns; ++i) result[row * columns + i] = x[row * columns + i] * scale[i] + shift[i];
  }
}

void normalize(const float* x, const float* mean, const float* scale, float* result, Size rows, Size columns) {
  for (Size row = 0; row < rows; ++row) {
#pragma omp simd
    for (Size i = 0; i < columns; ++i) result[row * columns + i] = (x[row * columns + i] - mean[row]) * scale[row];
  }
}

void bias_gelu(const float* x, const float* bias, float* result, Size rows, Size columns) {
  for (Size row = 0; row < rows; ++row) {
#pragma omp simd
    for (Size i = 0; i < columns; ++i) {
      const float sum = x[row * columns + i] + bias[i];
      result[row * columns + i] = 0.5F * sum * (1.0F + std::erf(sum * 0.707106781F));
    }
  }
}

void gelu_gradient(const float* x, const float* gradient, float* result, Size count) {
#pragma omp simd
  for (Size i = 0; i < count; ++i) {
    const float cumulative = 0.5F * (1.0F + std::erf(x[i] * 0.707106781F));
    const float density = 0.398942280F * std::exp(-0.5F * x[i] * x[i]);
    result[i] = gradient[i] * (cumulative + x[i] * density);
  }
}

void gates(const float* input, const float* candidate, const float* forget, float* cell, float* hidden, Size count) {
#pragma omp simd
  for (Size i = 0; i < count; ++i) {
    const float kept = cell[i] / (1.0F + std::exp(-forget[i]));
    const float next = kept + std::tanh(candidate[i]) / (1.0F + std::exp(-input[i]));
    cell[i] = next;
    hidden[i] = std::tanh(next);
  }
}

void batch_norm_relu_gradient(const float* output, const float* gradient, const float* x, const float* mean,
                              const float* scale, float* result, Size rows, Size columns) {
  for (Size row = 0; row < rows; ++row) {
#pragma omp simd
    for (Size i = 0; i < columns; ++i) {
      const Size at = row * columns + i;
      const float masked = output[at] > 0.0F ? gradient[at] : 0.0F;
      result[at] = masked - (x[at] - mean[i]) * scale[i];
    }
  }
}

}  // namespace bench::hand_written
