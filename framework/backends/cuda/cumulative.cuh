// cumsum and cumprod along one axis: `Total` is wider than the elements, as on the CPU.

namespace device {

template <typename ElementType, typename TotalType, typename RuleType, long long kOuter, long long kLength,
          long long kInner, bool kReverse>
struct Lines {
  using Element = ElementType;
  using Total = TotalType;
  using Rule = RuleType;
  using Stored = typename Element::Stored;
  static constexpr long long kLines = kOuter * kInner;
  static constexpr long long kCount = kLength;
  // Where the i-th element to come is.
  static CORNU_DEVICE long long place(long long line, long long i) {
    return (line / kInner * kCount + (kReverse ? kCount - 1 - i : i)) * kInner + line % kInner;
  }
  static CORNU_DEVICE Total load(Stored x) { return static_cast<Total>(Element::load(x)); }
  static CORNU_DEVICE Stored store(Total x) { return Element::store(static_cast<typename Element::Value>(x)); }
};

// A thread for each line: where there are many, side by side.
template <typename L> CORNU_DEVICE void accumulate_lines(const typename L::Stored* x, typename L::Stored* y) {
  for_each_in_grid<long long>(L::kLines, [&](long long line) {
    typename L::Total total = L::Rule::template identity<typename L::Total>();
    for (long long i = 0; i < L::kCount; ++i) {
      const long long at = L::place(line, i);
      total = L::Rule::combined(total, L::load(x[at]));
      y[at] = L::store(total);
    }
  });
}

// A block for each line: its threads take neighbouring pieces, and hand on their totals.
template <typename L, int kThreads>
CORNU_DEVICE void accumulate_line_by_block(const typename L::Stored* x, typename L::Stored* y) {
  constexpr int kEach = 4;
  using Total = typename L::Total;
  const Total identity = L::Rule::template identity<Total>();
  CORNU_SHARED Total totals[kThreads];
  const int thread = static_cast<int>(threadIdx.x);
  for (long long line = blockIdx.x; line < L::kLines; line += gridDim.x) {
    Total carried = identity;
    for (long long chunk = 0; chunk < L::kCount; chunk += kThreads * kEach) {
      const long long first = chunk + thread * kEach;
      Total own[kEach];
      CORNU_UNROLL for (int k = 0; k < kEach; ++k) {
        own[k] = first + k < L::kCount ? L::load(x[L::place(line, first + k)]) : identity;
      }
      CORNU_UNROLL for (int k = 1; k < kEach; ++k) own[k] = L::Rule::combined(own[k - 1], own[k]);
      totals[thread] = own[kEach - 1];
      scan_block<kThreads, typename L::Rule>(totals);
      const Total before = thread > 0 ? L::Rule::combined(carried, totals[thread - 1]) : carried;
      carried = L::Rule::combined(carried, totals[kThreads - 1]);
      CORNU_UNROLL for (int k = 0; k < kEach; ++k) {
        if (first + k < L::kCount) y[L::place(line, first + k)] = L::store(L::Rule::combined(before, own[k]));
      }
      CORNU_BARRIER();
    }
  }
}

}  // namespace device
