// Folds of lines: the elements of an operand that make one result are its line, and a block folds some of them.
//
// A Plan, which lines.cc writes, says how:
//   Index                       of elements
//   kLines, kLength             how many lines there are, and elements in each
//   kPart                       how many elements of a line a block folds: several blocks may share a line
//   kGroups, kLanes             threads of a block: beside one another for several lines, and for one line
//   kWidth, kAlong              how many elements a thread loads at once, and whether along the line or across lines
//   line_offset, element_offset where a line begins, and an element of it, in elements
//
// Terms are what is folded. Each thread adds its elements to Folded values, one after another; those of all threads of a
// line are merged as a tree; and what blocks have of a line, each a Part, is joined as a tree. So the order, and with it
// the result, is always the same.
//
//   load, start, add, merged    within a block; `add` gets the number of the element in the load, and that in the line
//   part, nothing, joined       between blocks; `part` gets the number of the line among the thread's own

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

  // The elements of its lines.
  CORNU_DEVICE Index begin() const { return part * Plan::kPart; }
  CORNU_DEVICE Index end() const {
    return Plan::kLength - begin() < Plan::kPart ? Plan::kLength : begin() + Plan::kPart;
  }
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
  const Index end = place.end();
  Index i = place.begin() + static_cast<Index>(place.lane) * Place<Plan>::kTogether;
  for (; i < end; i += kAhead * kStep) {
    Index offsets[kAhead];
    typename Terms::Item items[kAhead];
    CORNU_UNROLL
    for (int a = 0; a < kAhead; ++a) {
      if (i + a * kStep >= end) continue;
      offsets[a] = base + Plan::element_offset(i + a * kStep);
      items[a] = terms.load(i + a * kStep, offsets[a]);
    }
    CORNU_UNROLL
    for (int a = 0; a < kAhead; ++a) {
      if (i + a * kStep < end) f(i + a * kStep, offsets[a], items[a]);
    }
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
  typename Terms::Folded values[Plan::kWidth];
  CORNU_UNROLL
  for (int k = 0; k < Plan::kWidth; ++k) values[k] = Terms::start();
  for_items(place, terms, [&](Index i, Index, const typename Terms::Item& item) {
    CORNU_UNROLL
    for (int k = 0; k < Plan::kWidth; ++k) terms.add(values[k], item, k, Plan::kAlong ? i + k : i);
  });
  CORNU_UNROLL
  for (int k = 0; k < Place<Plan>::kOwn; ++k) results[k] = values[k];
  CORNU_UNROLL
  for (int k = 1; k < Place<Plan>::kTogether; ++k) results[0] = Terms::merged(results[0], values[k]);
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
    for (int k = 0; k < Place<Plan>::kOwn; ++k) finish(place.part, place.line + k, terms.part(results[k], k));
  }
}

// --- lines that several blocks fold ----------------------------------------------------------------------------------

// Keeps the parts: of each, those of all lines.
template <typename Plan, typename Terms> struct StoreParts {
  using Part = typename Terms::Part;
  Part* parts;
  explicit CORNU_DEVICE StoreParts(void* const* at) : parts(static_cast<Part*>(at[0])) {}
  CORNU_DEVICE void operator()(typename Plan::Index part, typename Plan::Index line, const Part& value) const {
    parts[part * Plan::kLines + line] = value;
  }
};

// The parts of other Terms.
template <typename Plan, typename Terms> struct Parts {
  using Index = typename Plan::Index;
  using Part = typename Terms::Part;
  using Folded = Part;
  using Item = Part;
  const Part* parts;

  CORNU_DEVICE Parts(const Place<Plan>&, void* const* at) : parts(static_cast<const Part*>(at[0])) {}
  CORNU_DEVICE Item load(Index, Index offset) const { return parts[offset]; }
  static CORNU_DEVICE Folded start() { return Terms::nothing(); }
  CORNU_DEVICE void add(Folded& a, const Item& item, int, Index) const { a = Terms::joined(a, item); }
  static CORNU_DEVICE Folded merged(const Folded& a, const Folded& b) { return Terms::joined(a, b); }
  CORNU_DEVICE Part part(const Folded& a, int) const { return a; }
};

}  // namespace device
