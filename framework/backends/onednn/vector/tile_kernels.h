#pragma once

#include <cstdint>

#include "framework/backends/onednn/vector/isa.h"

namespace cornu::onednn {

/// `c[i, j] (+)= sum over p < depth of a[p, i] b[p, j]`, with few rows i, which stay in registers. Steps count
/// elements; along j both b and c are contiguous.
struct Tile {
  const float* a;              ///< a[0, 0]
  const std::int64_t* a_rows;  ///< for each row i from a[p, 0] to a[p, i]
  std::int64_t a_depth;        ///< from a[p, i] to a[p + 1, i]
  const float* b;
  std::int64_t b_depth;
  float* c;
  std::int64_t c_row;
  std::int64_t depth;
  std::int64_t rows;     ///< 1 to `max_rows`
  std::int64_t columns;  ///< at least `lanes`
  bool add;              ///< to what c holds
};

struct TileKernels {
  std::int64_t lanes;
  std::int64_t max_rows;
  void (*multiply)(const Tile& tile);
  void (*add)(const float* x, float* y, std::int64_t count);  ///< y += x
};

CORNU_DECLARE_ISA_TABLE(TileKernels, tile_kernels)

}  // namespace cornu::onednn
