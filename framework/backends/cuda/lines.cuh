// Folds of lines: the elements of an operand that make one result are its line, and a block folds some of them.
//
// A Plan, which lines.cc writes, says how:
//   Index                       of elements
//   kLines, kLength             how many lines there are, and elements in each
//   kPart, kParts               how many elements of a line a block folds; how many blocks share a line
//   kGroups, kLanes             threads of a block: beside one another for several lines, and for one line
//   kWidth, kAlong              how many elements a thread loads at once, and whether along the line or across lines
//   line_offset, element_offset where a line begins, and an element of it, in elements
//
// Terms are what is folded. Each thread adds its elements to an Accumulator, one after another; accumulators become
// Folded values, which are merged as a tree. So the order, and with it the result, is always the same.

namespace device {

// kWidth elements of an operand at a time, by one load where its address allows it.
template <typename Element, int kWidth> struct Source {
  using Stored = typename Element::Stored;
  const Stored* first;
  bool aligned;

  explicit CORNU_DEVICE Source(const void* address)
      : first(static_cast<const Stored*>(address)), aligned(is_aligned<kWidth>(first)) {}

  template <typename Index> CORNU_DEVICE Pack<Stored, kWidth> load(Index offset) const {
    if (aligned) return load_pack<kWidth>(first + offset);
    Pack<Stored, kWidth> pack;
    CORNU_UNROLL
    for (int k = 0; k < kWidth; ++k) pack.values[k] = first[offset + k];
    return pack;
  }
};

template <typename Element, int kWidth> struct Target {
  using Stored = typename Element::Stored;
  Stored* first;
  bool aligned;

  explicit CORNU_DEVICE Target(void* address)
      : first(static_cast<Stored*>(address)), aligned(is_aligned<kWidth>(first)) {}

  template <typename Index> CORNU_DEVICE void store(Index offset, const Pack<Stored, kWidth>& pack) const {
    if (aligned) {
      store_pack<kWidth>(first + offset, pack);
    } else {
      CORNU_UNROLL
      for (int k = 0; k < kWidth; ++k) first[offset + k] = pack.values[k];
    }
  }
};

// Which lines, and which part of them, are this thread's.
template <typename Plan> struct Place {
  using Index = typename Plan::Index;
  static constexpr int kOwn = Plan::kAlong ? 1 : Plan::kWidth;        // lines
  static constexpr int kTogether = Plan::kAlong ? Plan::kWidth : 1;   // elements of one line in a load
  static constexpr Index kTile = static_cast<Index>(Plan::kGroups) * kOwn;
  static constexpr Index kTiles = (Plan::kLines + kTile - 1) / kTile;
  static constexpr unsigned int kThreads = Plan::kGroups * Plan::kLanes;

  unsigned int lane;
  unsigned int group;
  Index part;
  Index line;  // the first of kOwn

  // Neighbouring threads take neighbouring elements: of a line, or of neighbouring lines.
  CORNU_DEVICE Place()
      : lane(Plan::kAlong ? threadIdx.x % Plan::kLanes : threadIdx.x / Plan::kGroups),
        group(Plan::kAlong ? threadIdx.x / Plan::kLanes : threadIdx.x % Plan::kGroups),
        part(static_cast<Index>(blockIdx.x) / kTiles),
        line((static_cast<Index>(blockIdx.x) % kTiles) * kTile + static_cast<Index>(group) * kOwn) {}

  CORNU_DEVICE bool is_inside() const { return line < Plan::kLines; }
};

// Calls f(index in the line, offset, terms.load(index, offset)) for all that is this thread's; some loads are under way
// before the first is used.
template <typename Plan, typename Terms, typename F>
CORNU_DEVICE void for_items(const Place<Plan>& place, const Terms& terms, const F& f) {
  using Index = typename Plan::Index;
  constexpr Index kStep = static_cast<Index>(Plan::kLanes) * Place<Plan>::kTogether;
  constexpr int kAhead = 4;
  if (!place.is_inside()) return;
  const Index base = Plan::line_offset(place.line);
  const Index begin = place.part * Plan::kPart;
  const Index end = Plan::kLength - begin < Plan::kPart ? Plan::kLength : begin + Plan::kPart;
  Index i = begin + static_cast<Index>(place.lane) * Place<Plan>::kTogether;
  for (; i + (kAhead - 1) * kStep < end; i += kAhead * kStep) {
    Index offsets[kAhead];
    typename Terms::Item items[kAhead];
    CORNU_UNROLL
    for (int a = 0; a < kAhead; ++a) {
      offsets[a] = base + Plan::element_offset(i + a * kStep);
      items[a] = terms.load(i + a * kStep, offsets[a]);
    }
    CORNU_UNROLL
    for (int a = 0; a < kAhead; ++a) f(i + a * kStep, offsets[a], items[a]);
  }
  for (; i < end; i += kStep) {
    const Index offset = base + Plan::element_offset(i);
    f(i, offset, terms.load(i, offset));
  }
}

// Merges the values of all lanes of a line; each lane gets the result. All threads of the block take part.
template <typename Plan, typename Terms>
CORNU_DEVICE void merge_lanes(const Place<Plan>& place, typename Terms::Folded (&values)[Place<Plan>::kOwn]) {
  if constexpr (Plan::kLanes > 1) {
    constexpr int kOwn = Place<Plan>::kOwn;
    CORNU_SHARED typename Terms::Folded shared[kOwn][Place<Plan>::kThreads];
    const unsigned int at = place.lane * Plan::kGroups + place.group;
    CORNU_UNROLL
    for (int k = 0; k < kOwn; ++k) shared[k][at] = values[k];
    CORNU_BARRIER();
    for (unsigned int half = Plan::kLanes / 2; half > 0; half /= 2) {
      if (place.lane < half) {
        CORNU_UNROLL
        for (int k = 0; k < kOwn; ++k) {
          shared[k][at] = Terms::merged(shared[k][at], shared[k][at + half * Plan::kGroups]);
        }
      }
      CORNU_BARRIER();
    }
    CORNU_UNROLL
    for (int k = 0; k < kOwn; ++k) values[k] = shared[k][place.group];
    // The next fold writes there.
    CORNU_BARRIER();
  }
}

// The folds of this thread's lines, or of its part of them.
template <typename Plan, typename Terms>
CORNU_DEVICE void fold(const Place<Plan>& place, const Terms& terms,
                       typename Terms::Folded (&results)[Place<Plan>::kOwn]) {
  using Index = typename Plan::Index;
  typename Terms::Accumulator accumulators[Plan::kWidth];
  CORNU_UNROLL
  for (int k = 0; k < Plan::kWidth; ++k) accumulators[k] = Terms::start();
  for_items(place, terms, [&](Index i, Index, const typename Terms::Item& item) {
    CORNU_UNROLL
    for (int k = 0; k < Plan::kWidth; ++k) terms.add(accumulators[k], item, k, Plan::kAlong ? i + k : i);
  });
  CORNU_UNROLL
  for (int k = 0; k < Place<Plan>::kOwn; ++k) results[k] = Terms::folded(accumulators[k]);
  CORNU_UNROLL
  for (int k = 1; k < Place<Plan>::kTogether; ++k) results[0] = Terms::merged(results[0], Terms::folded(accumulators[k]));
  merge_lanes<Plan, Terms>(place, results);
}

// A kernel: the fold of every line is given to Finish.
template <typename Plan, typename Terms, typename Finish>
CORNU_DEVICE void fold_lines(void* const* terms_operands, void* const* finish_operands) {
  const Place<Plan> place;
  const Terms terms(place, terms_operands);
  typename Terms::Folded results[Place<Plan>::kOwn];
  fold(place, terms, results);
  if (place.lane == 0 && place.is_inside()) {
    const Finish finish(finish_operands);
    CORNU_UNROLL
    for (int k = 0; k < Place<Plan>::kOwn; ++k) finish(place.part, place.line + k, results[k]);
  }
}

// --- lines that several blocks fold ----------------------------------------------------------------------------------

// Keeps the folds of parts: of each part, those of all lines.
template <typename Plan, typename Terms> struct StoreParts {
  typename Terms::Folded* parts;
  explicit CORNU_DEVICE StoreParts(void* const* at) : parts(static_cast<typename Terms::Folded*>(at[0])) {}
  CORNU_DEVICE void operator()(typename Plan::Index part, typename Plan::Index line,
                               const typename Terms::Folded& folded) const {
    parts[part * Plan::kLines + line] = folded;
  }
};

// The folds of parts of other Terms.
template <typename Plan, typename Terms> struct Parts {
  using Index = typename Plan::Index;
  using Folded = typename Terms::Folded;
  using Accumulator = Folded;
  using Item = Folded;
  const Folded* parts;

  CORNU_DEVICE Parts(const Place<Plan>&, void* const* at) : parts(static_cast<const Folded*>(at[0])) {}
  static CORNU_DEVICE Accumulator start() { return Terms::folded(Terms::start()); }
  CORNU_DEVICE Item load(Index, Index offset) const { return parts[offset]; }
  CORNU_DEVICE void add(Accumulator& a, const Item& item, int, Index) const { a = Terms::merged(a, item); }
  static CORNU_DEVICE Folded folded(const Accumulator& a) { return a; }
  static CORNU_DEVICE Folded merged(const Folded& a, const Folded& b) { return Terms::merged(a, b); }
};

}  // namespace device
