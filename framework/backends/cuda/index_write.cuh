// y[a, p(i), b] += x[a, i, b], or = x[a, i, b], in the order of i. A block owns some rows p and some columns (a, b) of y.
// It looks through all indices, picks those of its rows, and writes what belongs to them: no two threads write one
// element.

namespace device {

// What a block is to do. Threads stand side by side along the columns, kLanes of them; where that is less than a block,
// groups of threads have rows of their own.
template <long long kOuterSize, long long kAxisSize, long long kIndexCount, long long kInnerSize, int kRowsOfBlock,
          int kRowBlockCount, long long kColumnsOfBlock, int kLaneCount>
struct IndexWriteShape {
  static constexpr long long kOuter = kOuterSize;
  static constexpr long long kSize = kAxisSize;
  static constexpr long long kCount = kIndexCount;
  static constexpr long long kInner = kInnerSize;
  static constexpr int kRows = kRowsOfBlock;
  static constexpr int kRowBlocks = kRowBlockCount;
  static constexpr long long kColumns = kColumnsOfBlock;
  static constexpr int kLanes = kLaneCount;
};

// What comes to an entry that is named: y begins as zeros and is added to, or begins as another tensor and is replaced.
struct Adds {
  static constexpr bool kBeginsAtZero = true;
  template <typename T> static CORNU_DEVICE T combined(T sum, T x) { return sum + x; }
};
struct Replaces {
  static constexpr bool kBeginsAtZero = false;
  template <typename T> static CORNU_DEVICE T combined(T, T x) { return x; }
};

// An element that is moved as it is.
template <typename Unit> struct Moved {
  using Stored = Unit;
  using Value = Unit;
  static CORNU_DEVICE Unit load(Unit x) { return x; }
  static CORNU_DEVICE Unit store(Unit x) { return x; }
};

struct IndexHit {
  int place;  // of the index among those that are looked at
  int row;    // of the block
};

// Writes what the hits name. An entry stays in a register while hits on it follow one another; several loads are under
// way at a time.
template <typename Shape, typename Rule, typename Element, typename Sum>
CORNU_DEVICE void write_hits(const IndexHit* hits, int num_hits, const typename Element::Stored* x,
                           typename Sum::Stored* y, int group, int groups) {
  constexpr int kLoads = 16;
  typename Sum::Stored* target = nullptr;
  typename Sum::Value sum = 0;
  int row = -1;
  for (int first = 0; first < num_hits; first += kLoads) {
    typename Element::Stored values[kLoads];
    CORNU_UNROLL for (int k = 0; k < kLoads; ++k) {
      if (first + k < num_hits && hits[first + k].row % groups == group)
        values[k] = x[hits[first + k].place * Shape::kInner];
    }
    CORNU_UNROLL for (int k = 0; k < kLoads; ++k) {
      if (first + k >= num_hits || hits[first + k].row % groups != group) continue;
      if (hits[first + k].row != row) {
        if (target) *target = Sum::store(sum);
        row = hits[first + k].row;
        target = y + row * Shape::kInner;
        sum = Sum::load(*target);
      }
      sum = Rule::combined(sum, Element::load(values[k]));
    }
  }
  if (target) *target = Sum::store(sum);
}

// Calls visit(a, b, element (a, first_row, b) of y) for the columns of this thread.
template <typename Shape, typename Stored, typename Visit>
CORNU_DEVICE void for_columns(Stored* y, long long first_row, Visit visit) {
  constexpr long long kColumns = Shape::kOuter * Shape::kInner;
  const long long first = static_cast<long long>(blockIdx.x / Shape::kRowBlocks) * Shape::kColumns;
  const long long end = first + Shape::kColumns < kColumns ? first + Shape::kColumns : kColumns;
  for (long long column = first + threadIdx.x % Shape::kLanes; column < end; column += Shape::kLanes) {
    const long long a = column / Shape::kInner;
    const long long b = column % Shape::kInner;
    visit(a, b, y + ((a * Shape::kSize + first_row) * Shape::kInner + b));
  }
}

// `Sum` is the type of y: one that can hold sums. Where y does not begin at zero, `before` is what it begins as,
// possibly y itself.
template <typename Shape, typename Rule, typename Element, typename Sum, int kThreads, typename Integer>
CORNU_DEVICE void index_write(const typename Sum::Stored* before, const typename Element::Stored* x,
                              const Integer* indices, typename Sum::Stored* y) {
  constexpr int kEach = 8;
  constexpr int kChunk = kThreads * kEach;
  constexpr int kGroups = kThreads / Shape::kLanes;
  CORNU_SHARED IndexHit hits[kChunk];
  CORNU_SHARED int ends[kThreads];
  const int thread = static_cast<int>(threadIdx.x);
  const int group = thread / Shape::kLanes;
  const long long first_row = static_cast<long long>(blockIdx.x % Shape::kRowBlocks) * Shape::kRows;
  const long long rows_left = Shape::kSize - first_row;
  const int rows = static_cast<int>(rows_left < Shape::kRows ? rows_left : Shape::kRows);
  if (Rule::kBeginsAtZero || before != y) {
    for_columns<Shape>(y, first_row, [&](long long, long long, typename Sum::Stored* to) {
      for (int row = group; row < rows; row += kGroups) {
        typename Sum::Stored* const entry = to + row * Shape::kInner;
        *entry = Rule::kBeginsAtZero ? Sum::store(0) : before[entry - y];
      }
    });
  }
  for (long long chunk = 0; chunk < Shape::kCount; chunk += kChunk) {
    int own[kEach];
    int num_own = 0;
    CORNU_UNROLL for (int k = 0; k < kEach; ++k) {
      const long long i = chunk + thread * kEach + k;
      const long long row = i < Shape::kCount ? index_position<Shape::kSize>(indices[i]) - first_row : -1;
      own[k] = row >= 0 && row < rows ? static_cast<int>(row) : -1;
      num_own += own[k] >= 0 ? 1 : 0;
    }
    ends[thread] = num_own;
    scan_block<kThreads, device::Sum>(ends);
    int at = ends[thread] - num_own;
    CORNU_UNROLL for (int k = 0; k < kEach; ++k) {
      if (own[k] >= 0) hits[at++] = {thread * kEach + k, own[k]};
    }
    CORNU_BARRIER();
    const int num_hits = ends[kThreads - 1];
    for_columns<Shape>(y, first_row, [&](long long a, long long b, typename Sum::Stored* to) {
      write_hits<Shape, Rule, Element, Sum>(hits, num_hits, x + ((a * Shape::kCount + chunk) * Shape::kInner + b), to, group,
                                    kGroups);
    });
    CORNU_BARRIER();
  }
}

// Rounds sums to the type of the result.
template <typename Element, typename Sum, typename Index>
CORNU_DEVICE void round_sums(const typename Sum::Stored* sums, typename Element::Stored* y, Index count) {
  for_each_in_grid<Index>(count, [&](Index i) { y[i] = Element::store(Sum::load(sums[i])); });
}

}  // namespace device
