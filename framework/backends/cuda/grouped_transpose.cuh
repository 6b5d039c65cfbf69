// Many matrices transposed in one launch: a block turns one tile of one matrix around in shared memory.

namespace device {

constexpr int kTileSide = 32;

// x is `rows` by `columns`, y the other way round.
template <typename Unit>
CORNU_DEVICE void transpose_tile(const Unit* x, Unit* y, int rows, int columns, unsigned int tile_number) {
  CORNU_SHARED Unit tile[kTileSide][kTileSide + 1];  // a column's elements are in different banks
  const int across = (columns + kTileSide - 1) / kTileSide;
  const int first_row = static_cast<int>(tile_number) / across * kTileSide;
  const int first_column = static_cast<int>(tile_number) % across * kTileSide;
  const int side = static_cast<int>(threadIdx.x) % kTileSide;
  const int step = static_cast<int>(blockDim.x) / kTileSide;
  for (int i = static_cast<int>(threadIdx.x) / kTileSide; i < kTileSide; i += step) {
    if (first_row + i < rows && first_column + side < columns)
      tile[i][side] = x[static_cast<long long>(first_row + i) * columns + first_column + side];
  }
  CORNU_BARRIER();
  for (int i = static_cast<int>(threadIdx.x) / kTileSide; i < kTileSide; i += step) {
    if (first_column + i < columns && first_row + side < rows)
      y[static_cast<long long>(first_column + i) * rows + first_row + side] = tile[side][i];
  }
}

}  // namespace device
