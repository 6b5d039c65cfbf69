// Where the greatest or the least element of a line is: as NumPy, the first NaN, else the first of the greatest.

namespace device {

template <typename Value> struct Found {
  Value value;
  int at;
};

template <typename Plan, typename Element, bool kGreatest> struct Search {
  using Index = typename Plan::Index;
  using Value = typename Element::Value;
  using Folded = Found<Value>;
  using Part = Folded;
  using Item = Pack<typename Element::Stored, Plan::kWidth>;
  Source<Element, Plan::kWidth> x;

  CORNU_DEVICE Search(const Place<Plan>&, void* const* at) : x(at[0]) {}
  CORNU_DEVICE Item load(Index, Index offset) const { return x.load(offset); }
  // Nothing: every element comes before it.
  static CORNU_DEVICE Folded start() { return {0, -1}; }
  CORNU_DEVICE void add(Folded& a, const Item& item, int k, Index i) const {
    a = merged(a, {Element::load(item.values[k]), static_cast<int>(i)});
  }
  static CORNU_DEVICE Folded merged(const Folded& a, const Folded& b) { return comes_before(b, a) ? b : a; }
  CORNU_DEVICE Part part(const Folded& a, int) const { return a; }
  static CORNU_DEVICE Part nothing() { return start(); }
  static CORNU_DEVICE Part joined(const Part& a, const Part& b) { return merged(a, b); }

  static CORNU_DEVICE bool comes_before(const Folded& a, const Folded& b) {
    if (a.at < 0 || b.at < 0) return b.at < 0;
    const bool a_is_nan = a.value != a.value;
    const bool b_is_nan = b.value != b.value;
    if (a_is_nan || b_is_nan) return a_is_nan && (!b_is_nan || a.at < b.at);
    if (a.value == b.value) return a.at < b.at;
    return kGreatest ? a.value > b.value : a.value < b.value;
  }
};

struct StorePlace {
  int* y;
  explicit CORNU_DEVICE StorePlace(void* const* at) : y(static_cast<int*>(at[0])) {}
  template <typename Index, typename Value>
  CORNU_DEVICE void operator()(Index, Index line, const Found<Value>& found) const {
    y[line] = found.at;
  }
};

}  // namespace device
