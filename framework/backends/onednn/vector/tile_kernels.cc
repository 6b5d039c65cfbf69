#include "framework/backends/onednn/vector/tile_kernels.h"

#include "framework/backends/onednn/vector/lanes.h"

namespace cornu::onednn::CORNU_ISA {
namespace {

// Of 32 or 16 registers most hold sums; the rest a row of b and an element of a.
constexpr int kSums = kLanes == 16 ? 24 : 12;
constexpr int kMaxRows = kSums / 2;

// The registers side by side that a tile of so many rows has room for. At least eight sums hide the latency of the
// additions.
constexpr int width_for(int rows) { return rows == 1 ? 8 : kSums / rows >= 4 ? 4 : 2; }

// Columns [column, column + Width kLanes) of the tile, of which the first `skip` are not to be written.
template <int Rows, int Width>
CORNU_INLINE void multiply_columns(const Tile& tile, std::int64_t column, std::int64_t skip) {
  Floats sums[Rows][Width] = {};
  std::int64_t rows[Rows];
  for (int i = 0; i < Rows; ++i) rows[i] = tile.a_rows[i];
  const float* a = tile.a;
  const float* b = tile.b + column;
  for (std::int64_t p = 0; p < tile.depth; ++p) {
    Floats row[Width];
    for (int v = 0; v < Width; ++v) row[v] = load(b + v * kLanes);
    for (int i = 0; i < Rows; ++i) {
      const Floats factor = splat(a[rows[i]]);
      for (int v = 0; v < Width; ++v) sums[i][v] += factor * row[v];
    }
    a += tile.a_depth;
    b += tile.b_depth;
  }
  for (int i = 0; i < Rows; ++i) {
    float* c = tile.c + i * tile.c_row + column;
    for (int v = 0; v < Width; ++v) {
      if (skip == 0) {
        store(c + v * kLanes, tile.add ? load(c + v * kLanes) + sums[i][v] : sums[i][v]);
      } else {
        float lanes[kLanes];
        store(lanes, sums[i][v]);
        for (std::int64_t j = skip; j < kLanes; ++j) c[j] = tile.add ? c[j] + lanes[j] : lanes[j];
      }
    }
  }
}

template <int Rows> void multiply_rows(const Tile& tile) {
  constexpr int kWidth = width_for(Rows);
  std::int64_t column = 0;
  for (; column + kWidth * kLanes <= tile.columns; column += kWidth * kLanes) {
    multiply_columns<Rows, kWidth>(tile, column, 0);
  }
  if constexpr (kWidth > 2) {
    for (; column + 2 * kLanes <= tile.columns; column += 2 * kLanes) multiply_columns<Rows, 2>(tile, column, 0);
  }
  for (; column + kLanes <= tile.columns; column += kLanes) multiply_columns<Rows, 1>(tile, column, 0);
  // The last columns are computed with some that are done already, so that whole registers are read.
  const std::int64_t rest = tile.columns - column;
  if (rest > 0) multiply_columns<Rows, 1>(tile, tile.columns - kLanes, kLanes - rest);
}

// Of one row of a the products with `Depth` rows of b from row p on.
template <int Depth> void multiply_depth(const Tile& tile, std::int64_t p, bool add) {
  float factors[Depth];
  for (int d = 0; d < Depth; ++d) factors[d] = tile.a[(p + d) * tile.a_depth];
  const float* b = tile.b + p * tile.b_depth;
  std::int64_t j = 0;
  for (; j + kLanes <= tile.columns; j += kLanes) {
    Floats sum = add ? load(tile.c + j) : Floats{};
    for (int d = 0; d < Depth; ++d) sum += splat(factors[d]) * load(b + d * tile.b_depth + j);
    store(tile.c + j, sum);
  }
  for (; j < tile.columns; ++j) {
    float sum = add ? tile.c[j] : 0.0F;
    for (int d = 0; d < Depth; ++d) sum += factors[d] * b[d * tile.b_depth + j];
    tile.c[j] = sum;
  }
}

// One row times a matrix that lies in the third cache or in memory: reading along the rows of b is what prefetching
// expects (2048 x 1000: 97 us against 132 us column by column).
void multiply_one_by_large(const Tile& tile) {
  std::int64_t p = 0;
  for (; p + 8 <= tile.depth; p += 8) multiply_depth<8>(tile, p, tile.add || p > 0);
  for (; p < tile.depth; ++p) multiply_depth<1>(tile, p, tile.add || p > 0);
}

bool is_large(const Tile& tile) { return tile.columns >= 16 * kLanes && tile.depth * tile.columns > (1 << 17); }

void multiply(const Tile& tile) {
  switch (tile.rows) {
    case 1: return is_large(tile) ? multiply_one_by_large(tile) : multiply_rows<1>(tile);
    case 2: return multiply_rows<2>(tile);
    case 3: return multiply_rows<3>(tile);
    case 4: return multiply_rows<4>(tile);
    case 5: return multiply_rows<5>(tile);
    case 6: return multiply_rows<6>(tile);
#ifdef __AVX512F__
    case 7: return multiply_rows<7>(tile);
    case 8: return multiply_rows<8>(tile);
    case 9: return multiply_rows<9>(tile);
    case 10: return multiply_rows<10>(tile);
    case 11: return multiply_rows<11>(tile);
    case 12: return multiply_rows<12>(tile);
#endif
    default: return;
  }
}

void add(const float* x, float* y, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) y[i] += x[i];
}

}  // namespace

constinit const TileKernels tile_kernels = {kLanes, kMaxRows, multiply, add};

}  // namespace cornu::onednn::CORNU_ISA
