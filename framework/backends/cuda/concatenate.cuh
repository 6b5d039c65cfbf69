// Parts that lie side by side in the rows of a whole, which is put together or taken apart.

namespace device {

// The part that a column of the whole belongs to; its columns there are [start, start + size).
template <typename Index> struct PartColumns {
  int part;
  Index start;
  Index size;
};

// `Parts::find(column)` says whose a column is; `kWidth` divides the sizes of all parts.
template <typename Parts, int kWidth, typename Unit> struct SideBySide {
  using Index = typename Parts::Index;
  using Elements = Pack<Unit, kWidth>;
  void* const* parts;

  CORNU_DEVICE Unit* place(Index group) const {
    const Index i = group * kWidth;
    const Index row = i / Parts::kRow;
    const PartColumns<Index> columns = Parts::find(i % Parts::kRow);
    return static_cast<Unit*>(parts[columns.part]) + row * columns.size + (i % Parts::kRow - columns.start);
  }
  CORNU_DEVICE void put_together(Unit* whole) const {
    move_in_grid<Index>(Parts::kElements / kWidth, [&](Index i) { return load_any<kWidth>(place(i)); },
                        [&](Index i, const Elements& pack) { store_any(whole + i * kWidth, pack); });
  }
  CORNU_DEVICE void take_apart(const Unit* whole) const {
    move_in_grid<Index>(Parts::kElements / kWidth, [&](Index i) { return load_any<kWidth>(whole + i * kWidth); },
                        [&](Index i, const Elements& pack) { store_any(place(i), pack); });
  }
};

}  // namespace device
