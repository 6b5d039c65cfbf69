#pragma once

#include <cstdint>
#include <memory>

#include "framework/backends/onednn/post_ops.h"
#include "framework/kernel.h"

namespace cornu::onednn {

/// A kernel for products of few rows with a row-major matrix, with what follows them. For these it is faster than
/// oneDNN: reading the matrix takes the time, and packing it would read it once more. Null for other products, and for
/// activations that no block kernel computes. x is `(rows, depth)`, or the transposed.
std::unique_ptr<Kernel> make_small_matmul(std::int64_t rows, std::int64_t depth, std::int64_t columns, bool transpose_x,
                                          const Epilogue& epilogue);

}  // namespace cornu::onednn
