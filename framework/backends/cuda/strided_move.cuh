// Elements that are moved as they are, from places at strides to a tensor without gaps.

namespace device {

// One axis of the result. Its positions kFirst, kFirst + kStep, ..., of which there are kCount, have a source, at
// kStride from one another; `kInner` elements of the result are one step along the axis.
template <long long kInner, long long kSize, long long kFirst, long long kStep, long long kCount, long long kStride>
struct MovedAxis {
  // Adds the way to the position of element i; false where it has no source.
  template <unsigned long long kElements, typename Index, typename Place>
  static CORNU_DEVICE bool find(Index i, Place& place) {
    constexpr bool kIsOutermost = kInner * kSize == static_cast<long long>(kElements);
    constexpr bool kHasBorder = kFirst != 0 || kStep != 1 || kCount != kSize;
    const Index steps = i / static_cast<Index>(kInner);
    const Place at = static_cast<Place>(kIsOutermost ? steps : steps % static_cast<Index>(kSize)) -
                     static_cast<Place>(kFirst);
    if (kHasBorder && (at < 0 || at > static_cast<Place>((kCount - 1) * kStep) || at % static_cast<Place>(kStep) != 0))
      return false;
    place += at / static_cast<Place>(kStep) * static_cast<Place>(kStride);
    return true;
  }
};

// Where the source of each of `kElements` elements is.
template <typename IndexType, IndexType kElementCount, typename PlaceType, PlaceType kOffset, typename... Axes>
struct StridedPlaces {
  using Index = IndexType;
  using Place = PlaceType;
  static constexpr Index kElements = kElementCount;
  static CORNU_DEVICE bool find(Index i, Place& place) {
    place = kOffset;
    return (Axes::template find<kElements>(i, place) && ...);
  }
};

// Packs of the result are packs of the source, or one element again and again.
enum class MoveForm { kPacks, kRepeats };

template <typename Places, int kWidth, MoveForm kForm, typename Unit>
CORNU_DEVICE void strided_move(const Unit* x, Unit* y, Unit border) {
  using Index = typename Places::Index;
  const auto load = [&](Index i) {
    typename Places::Place place;
    Pack<Unit, kWidth> pack;
    const bool found = Places::find(i * kWidth, place);
    if (kForm == MoveForm::kPacks && found) return load_any<kWidth>(x + place);
    const Unit value = found ? x[place] : border;
    CORNU_UNROLL for (int k = 0; k < kWidth; ++k) pack.values[k] = value;
    return pack;
  };
  move_in_grid<Index>(Places::kElements / kWidth, load,
                      [&](Index i, const Pack<Unit, kWidth>& pack) { store_any(y + i * kWidth, pack); });
}

}  // namespace device
