#pragma once

#include <cstdint>

/// Chains of elementwise operations as somebody would write them by hand who has only this one to make fast: one loop
/// that reads every operand once and writes every result once. The compiler vectorises them for the machine it runs on.
namespace bench::hand_written {

using Size = std::int64_t;

void adam(const float* gradient, float step_size, float* weight, float* momentum, float* velocity, Size count);
void momentum_step(const float* gradient, float learning_rate, float* weight, float* momentum, Size count);
void relu_gradient(const float* output, const float* gradient, float* result, Size count);
void add_relu(const float* x, const float* y, float* result, Size count);
void scale_shift(const float* x, const float* scale, const float* shift, float* result, Size rows, Size columns);
void normalize(const float* x, const float* mean, const float* scale, float* result, Size rows, Size columns);
void bias_gelu(const float* x, const float* bias, float* result, Size rows, Size columns);
void gelu_gradient(const float* x, const float* gradient, float* result, Size count);
void gates(const float* input, const float* candidate, const float* forget, float* cell, float* hidden, Size count);
void batch_norm_relu_gradient(const float* output, const float* gradient, const float* x, const float* mean,
                              const float* scale, float* result, Size rows, Size columns);

}  // namespace bench::hand_written
