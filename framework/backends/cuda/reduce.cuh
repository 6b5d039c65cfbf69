// sum, prod, max and min of lines; any and all are max and min of truths.

namespace device {

// The least and the greatest value of an element type.
template <typename Element> struct Limits {
  using Value = typename Element::Value;
  static CORNU_DEVICE Value least() { return -infinity_like(Value()); }
  static CORNU_DEVICE Value greatest() { return infinity_like(Value()); }
};
template <> struct Limits<Bool> {
  static CORNU_DEVICE float least() { return 0.0f; }
  static CORNU_DEVICE float greatest() { return 1.0f; }
};
template <typename Integer, Integer kMinimum, Integer kMaximum>
struct Limits<IntegerType<Integer, kMinimum, kMaximum>> {
  static CORNU_DEVICE long long least() { return kMinimum; }
  static CORNU_DEVICE long long greatest() { return kMaximum; }
};

// In which sums are made: that of integers wraps around.
template <typename Value> struct SumOf { using Type = Value; };
template <> struct SumOf<long long> { using Type = unsigned long long; };

template <typename Element> struct Sum {
  using Accumulator = typename SumOf<typename Element::Value>::Type;
  static CORNU_DEVICE Accumulator start() { return 0; }
  static CORNU_DEVICE Accumulator merged(Accumulator a, Accumulator b) { return a + b; }
};

// In double: a product of some factors may overflow though the product of all does not.
template <typename Value> struct ProductOf { using Type = double; };
template <> struct ProductOf<long long> { using Type = unsigned long long; };

template <typename Element> struct Product {
  using Accumulator = typename ProductOf<typename Element::Value>::Type;
  static CORNU_DEVICE Accumulator start() { return 1; }
  static CORNU_DEVICE Accumulator merged(Accumulator a, Accumulator b) { return a * b; }
};

// As NumPy: NaN wins.
template <typename Element> struct Maximum {
  using Accumulator = typename Element::Value;
  static CORNU_DEVICE Accumulator start() { return Limits<Element>::least(); }
  static CORNU_DEVICE Accumulator merged(Accumulator a, Accumulator b) { return b != b || b > a ? b : a; }
};

template <typename Element> struct Minimum {
  using Accumulator = typename Element::Value;
  static CORNU_DEVICE Accumulator start() { return Limits<Element>::greatest(); }
  static CORNU_DEVICE Accumulator merged(Accumulator a, Accumulator b) { return b != b || b < a ? b : a; }
};

template <typename Plan, typename Element, typename Merge> struct Elements {
  using Index = typename Plan::Index;
  using Folded = typename Merge::Accumulator;
  using Part = Folded;
  using Item = Pack<typename Element::Stored, Plan::kWidth>;
  Source<Element, Plan::kWidth> x;

  CORNU_DEVICE Elements(const Place<Plan>&, void* const* at) : x(at[0]) {}
  CORNU_DEVICE Item load(Index, Index offset) const { return x.load(offset); }
  static CORNU_DEVICE Folded start() { return Merge::start(); }
  CORNU_DEVICE void add(Folded& a, const Item& item, int k, Index) const {
    a = Merge::merged(a, static_cast<Folded>(Element::load(item.values[k])));
  }
  static CORNU_DEVICE Folded merged(Folded a, Folded b) { return Merge::merged(a, b); }
  CORNU_DEVICE Part part(Folded a, int) const { return a; }
  static CORNU_DEVICE Part nothing() { return Merge::start(); }
  static CORNU_DEVICE Part joined(Part a, Part b) { return Merge::merged(a, b); }
};

template <typename Element> struct StoreResult {
  typename Element::Stored* y;
  explicit CORNU_DEVICE StoreResult(void* const* at) : y(static_cast<typename Element::Stored*>(at[0])) {}
  template <typename Index, typename Folded> CORNU_DEVICE void operator()(Index, Index line, Folded folded) const {
    y[line] = Element::store(static_cast<typename Element::Value>(folded));
  }
};

}  // namespace device
