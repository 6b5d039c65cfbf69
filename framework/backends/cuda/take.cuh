// Elements and rows that are named by indices: copied from there, and added there.

namespace device {

// Where an index points, on an axis of at least one entry: see framework/index_position.h.
template <long long kSize, typename Integer> CORNU_DEVICE long long index_position(Integer index) {
  const long long from_start = index < 0 ? index + kSize : static_cast<long long>(index);
  return from_start < 0 ? 0 : (from_start < kSize ? from_start : kSize - 1);
}

// y[a, i, b] = x[a, p(i), b], `kWidth` elements of b at a time.
template <typename Index, Index kElements, long long kSize, Index kCount, Index kInner, int kWidth, typename Unit,
          typename Integer>
CORNU_DEVICE void take(const Unit* x, const Integer* indices, Unit* y) {
  const auto load = [&](Index group) {
    const Index i = group * kWidth;
    const Index row = i / kInner;
    const long long from = row / kCount * kSize + index_position<kSize>(indices[row % kCount]);
    return load_any<kWidth>(x + (from * kInner + i % kInner));
  };
  move_in_grid<Index>(kElements / kWidth, load,
                      [&](Index i, const Pack<Unit, kWidth>& pack) { store_any(y + i * kWidth, pack); });
}

// y[i] = x[place in x + p(index) * kStride]; `Source` and `Indices` say where x, at its first entry, and the index are.
template <typename Source, typename Indices, long long kSize, long long kStride, typename Unit, typename Integer>
CORNU_DEVICE void take_along_axis(const Unit* x, const Integer* indices, Unit* y) {
  using Index = typename Source::Index;
  const auto load = [&](Index i) {
    typename Source::Place from;
    typename Source::Place index;
    Source::find(i, from);
    Indices::find(i, index);
    return x[from + index_position<kSize>(indices[index]) * kStride];
  };
  move_in_grid<Index>(Source::kElements, load, [&](Index i, Unit value) { y[i] = value; });
}

// y = 0, y[p(a, i, b)] += x[a, i, b]: a thread has the line of one a and b to itself. `Indices` says where the index of
// an element of x is.
template <typename Element, typename Indices, long long kOuter, long long kSize, long long kCount, long long kInner,
          typename Integer>
CORNU_DEVICE void index_add_along_axis(const typename Element::Stored* x, const Integer* indices,
                                       typename Element::Stored* y) {
  using Index = typename Indices::Index;
  for_each_in_grid<Index>(kOuter * kInner, [&](Index line) {
    typename Element::Stored* const to = y + (line / kInner * kSize * kInner + line % kInner);
    for (long long p = 0; p < kSize; ++p) to[p * kInner] = Element::store(0);
    const Index first = line / kInner * (kCount * kInner) + line % kInner;
    for (long long i = 0; i < kCount; ++i) {
      const Index at = first + static_cast<Index>(i * kInner);
      typename Indices::Place index;
      Indices::find(at, index);
      typename Element::Stored& sum = to[index_position<kSize>(indices[index]) * kInner];
      sum = Element::store(Element::load(sum) + Element::load(x[at]));
    }
  });
}

}  // namespace device
