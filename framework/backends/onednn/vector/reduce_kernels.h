#pragma once

#include <cstdint>

#include "framework/backends/onednn/vector/isa.h"

namespace cornu::onednn {

/// The inner loops of one reduction of float32.
struct FoldKernels {
  /// All of `count` contiguous elements.
  float (*row)(const float* x, std::int64_t count);
  /// Each of `columns` columns of `rows` rows that lie `stride` elements apart, into `result`.
  void (*columns)(const float* x, std::int64_t rows, std::int64_t columns, std::int64_t stride, float* result);
  /// The same with more precise sums: of many parts that were folded before.
  void (*combine)(const float* x, std::int64_t rows, std::int64_t columns, std::int64_t stride, float* result);
};

struct ReduceKernels {
  FoldKernels sum;
  FoldKernels prod;
  FoldKernels max;
  FoldKernels min;
};

CORNU_DECLARE_ISA_TABLE(ReduceKernels, reduce_kernels)

}  // namespace cornu::onednn
