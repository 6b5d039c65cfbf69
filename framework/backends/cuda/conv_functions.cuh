// What convolutions need besides cuDNN.

namespace device {

// A matrix, transposed. A block takes one square through memory of its own, so that both loads and stores are of
// neighbours.
template <typename Type, long long kRows, long long kColumns>
CORNU_DEVICE void transpose(const void* matrix, void* result) {
  constexpr int kSide = 32;
  constexpr int kLines = 8;  // of threads
  using Stored = typename Type::Stored;
  const Stored* from = static_cast<const Stored*>(matrix);
  Stored* to = static_cast<Stored*>(result);
  // One more column, so that those of a column lie in different banks.
  CORNU_SHARED Stored square[kSide][kSide + 1];
  constexpr long long kSquaresInRow = (kColumns + kSide - 1) / kSide;
  const long long row = blockIdx.x / kSquaresInRow * kSide;
  const long long column = blockIdx.x % kSquaresInRow * kSide;
  const int x = static_cast<int>(threadIdx.x) % kSide;
  const int y = static_cast<int>(threadIdx.x) / kSide;
  CORNU_UNROLL
  for (int line = y; line < kSide; line += kLines) {
    if (row + line < kRows && column + x < kColumns) square[line][x] = from[(row + line) * kColumns + column + x];
  }
  CORNU_BARRIER();
  CORNU_UNROLL
  for (int line = y; line < kSide; line += kLines) {
    if (column + line < kColumns && row + x < kRows) to[(column + line) * kRows + row + x] = square[x][line];
  }
}

// Sums over the rows of a matrix. A block takes kWidth columns of kRowsPerBlock rows and writes one row of sums; its
// lines of threads take one row after another, and then their sums are added in pairs.
template <typename From, typename To, long long kRows, long long kColumns, long long kRowsPerBlock, int kWidth>
CORNU_DEVICE void column_sums(const void* matrix, void* sums) {
  using Value = typename From::Value;
  constexpr int kThreads = 256;
  constexpr int kLines = kThreads / kWidth;
  const typename From::Stored* from = static_cast<const typename From::Stored*>(matrix);
  CORNU_SHARED Value partial[kThreads];
  constexpr long long kStrips = (kColumns + kWidth - 1) / kWidth;
  const int thread = static_cast<int>(threadIdx.x);
  const int line = thread / kWidth;
  const long long column = blockIdx.x % kStrips * kWidth + thread % kWidth;
  const long long part = blockIdx.x / kStrips;
  const long long end = (part + 1) * kRowsPerBlock < kRows ? (part + 1) * kRowsPerBlock : kRows;
  Value sum = 0;
  if (column < kColumns) {
    for (long long row = part * kRowsPerBlock + line; row < end; row += kLines) {
      sum += From::load(from[row * kColumns + column]);
    }
  }
  partial[thread] = sum;
  for (int half = kLines / 2; half > 0; half /= 2) {
    CORNU_BARRIER();
    if (line < half) partial[thread] += partial[thread + half * kWidth];
  }
  if (line == 0 && column < kColumns) {
    static_cast<typename To::Stored*>(sums)[part * kColumns + column] = To::store(To::from(partial[thread]));
  }
}

// Images (batch, three spatial axes, channels) of other spatial sizes: `to` at a place is `from` at that place less
// kBefore, or 0 where that is outside.
template <typename Stored, typename Index, Index kBatch, Index kChannels, int kTo0, int kTo1, int kTo2, int kFrom0,
          int kFrom1, int kFrom2, int kBefore0, int kBefore1, int kBefore2>
CORNU_DEVICE void move_elements(const Stored* from, Stored* to) {
  constexpr Index kCount = kBatch * kTo0 * kTo1 * kTo2 * kChannels;
  const Index num_threads = static_cast<Index>(gridDim.x) * static_cast<Index>(blockDim.x);
  for (Index i = static_cast<Index>(blockIdx.x) * static_cast<Index>(blockDim.x) + static_cast<Index>(threadIdx.x);
       i < kCount; i += num_threads) {
    Index rest = i / kChannels;
    const int at2 = static_cast<int>(rest % kTo2) - kBefore2;
    rest /= kTo2;
    const int at1 = static_cast<int>(rest % kTo1) - kBefore1;
    rest /= kTo1;
    const int at0 = static_cast<int>(rest % kTo0) - kBefore0;
    const Index image = rest / kTo0;
    const bool is_inside = at0 >= 0 && at0 < kFrom0 && at1 >= 0 && at1 < kFrom1 && at2 >= 0 && at2 < kFrom2;
    Stored value{};
    if (is_inside) value = from[(((image * kFrom0 + at0) * kFrom1 + at1) * kFrom2 + at2) * kChannels + i % kChannels];
    to[i] = value;
  }
}

// The same, kWidth channels at once where the addresses allow it.
template <typename Type, typename Index, int kWidth, Index kBatch, Index kChannels, int... kSizes>
CORNU_DEVICE void move_images(const void* from, void* to) {
  using Stored = typename Type::Stored;
  using Wide = Pack<Stored, kWidth>;
  const Stored* source = static_cast<const Stored*>(from);
  Stored* target = static_cast<Stored*>(to);
  if (is_aligned<kWidth>(source) && is_aligned<kWidth>(target)) {
    move_elements<Wide, Index, kBatch, kChannels / kWidth, kSizes...>(static_cast<const Wide*>(from),
                                                                      static_cast<Wide*>(to));
  } else {
    move_elements<Stored, Index, kBatch, kChannels, kSizes...>(source, target);
  }
}

template <typename Type, long long kCount> CORNU_DEVICE void fill(void* values, double value) {
  for (long long i = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x; i < kCount;
       i += static_cast<long long>(gridDim.x) * blockDim.x) {
    static_cast<typename Type::Stored*>(values)[i] = Type::store(Type::from(value));
  }
}

}  // namespace device
