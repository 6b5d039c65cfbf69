// A transposition where the last axis moves: tiles go through shared memory, so that neighbouring threads read
// neighbouring elements, and write neighbouring ones.

namespace device {

// The two axes that matter: `first` is the one whose elements lie side by side in the source, `last` that whose elements
// do so in the result.
template <long long kFirst, long long kLast, long long kSourceStrideOfLast, long long kTargetStrideOfFirst,
          int kFirstInTile, int kLastInTile>
struct TransposedAxes {
  static constexpr long long kFirstSize = kFirst;
  static constexpr long long kLastSize = kLast;
  static constexpr long long kSourceStride = kSourceStrideOfLast;
  static constexpr long long kTargetStride = kTargetStrideOfFirst;
  static constexpr int kTileFirst = kFirstInTile;
  static constexpr int kTileLast = kLastInTile;
};

// `Source` and `Target` say where, along all other axes, a matrix of the two begins.
template <typename Axes, typename Source, typename Target, int kThreads, typename Unit>
CORNU_DEVICE void transpose(const Unit* x, Unit* y) {
  using Index = typename Source::Index;
  using Place = typename Source::Place;
  constexpr int kPitch = Axes::kTileLast + 1;  // odd, so that a column's elements are in different banks
  constexpr Index kAcross = (Axes::kFirstSize + Axes::kTileFirst - 1) / Axes::kTileFirst;
  constexpr Index kDown = (Axes::kLastSize + Axes::kTileLast - 1) / Axes::kTileLast;
  constexpr int kTile = Axes::kTileFirst * Axes::kTileLast;
  CORNU_SHARED Unit tile[Axes::kTileFirst * kPitch];
  for (Index number = blockIdx.x; number < Source::kElements * kAcross * kDown; number += gridDim.x) {
    Place from;
    Place to;
    Source::find(number / (kAcross * kDown), from);
    Target::find(number / (kAcross * kDown), to);
    const Place first = static_cast<Place>(number % kAcross) * Axes::kTileFirst;
    const Place last = static_cast<Place>(number / kAcross % kDown) * Axes::kTileLast;
    from += first + last * static_cast<Place>(Axes::kSourceStride);
    to += last + first * static_cast<Place>(Axes::kTargetStride);
    CORNU_UNROLL for (int t = 0; t < kTile; t += kThreads) {
      const int in_first = (t + static_cast<int>(threadIdx.x)) % Axes::kTileFirst;
      const int in_last = (t + static_cast<int>(threadIdx.x)) / Axes::kTileFirst;
      if (first + in_first < Axes::kFirstSize && last + in_last < Axes::kLastSize)
        tile[in_first * kPitch + in_last] = x[from + in_first + in_last * static_cast<Place>(Axes::kSourceStride)];
    }
    CORNU_BARRIER();
    CORNU_UNROLL for (int t = 0; t < kTile; t += kThreads) {
      const int in_last = (t + static_cast<int>(threadIdx.x)) % Axes::kTileLast;
      const int in_first = (t + static_cast<int>(threadIdx.x)) / Axes::kTileLast;
      if (first + in_first < Axes::kFirstSize && last + in_last < Axes::kLastSize)
        y[to + in_last + in_first * static_cast<Place>(Axes::kTargetStride)] = tile[in_first * kPitch + in_last];
    }
    CORNU_BARRIER();
  }
}

}  // namespace device
