// layer_norm and its gradient. Lines are the rows that are normalised, or, for dgamma and dbeta, the columns.

namespace device {

// kWidth values that belong to elements of a line: as many, or one for all where a load takes one element of each line.
template <typename Plan, typename Element>
CORNU_DEVICE Pack<typename Element::Stored, Plan::kWidth> load_along(const Source<Element, Plan::kWidth>& source,
                                                                     typename Plan::Index i) {
  if constexpr (Plan::kAlong) {
    return source.load(i);
  } else {
    Pack<typename Element::Stored, Plan::kWidth> pack;
    CORNU_UNROLL
    for (int k = 0; k < Plan::kWidth; ++k) pack.values[k] = source.first[i];
    return pack;
  }
}

template <typename Value> CORNU_DEVICE Value reciprocal_root(Value variance, double epsilon) {
  return static_cast<Value>(1) / sqrt(variance + static_cast<Value>(epsilon));
}

// The sum of the distances from a center, or of their squares.
template <typename Plan, typename Element, bool kSquared> struct DistanceSum {
  using Index = typename Plan::Index;
  using Value = typename Element::Value;
  using Folded = Value;
  using Item = Pack<typename Element::Stored, Plan::kWidth>;
  static constexpr int kOwn = Place<Plan>::kOwn;
  Source<Element, Plan::kWidth> x;
  Value centers[kOwn];

  explicit CORNU_DEVICE DistanceSum(const Source<Element, Plan::kWidth>& source) : x(source) {
    CORNU_UNROLL
    for (int k = 0; k < kOwn; ++k) centers[k] = 0;
  }
  CORNU_DEVICE Item load(Index, Index offset) const { return x.load(offset); }
  static CORNU_DEVICE Folded start() { return 0; }
  CORNU_DEVICE void add(Folded& a, const Item& item, int k, Index) const {
    const Value distance = Element::load(item.values[k]) - centers[Plan::kAlong ? 0 : k];
    a += kSquared ? distance * distance : distance;
  }
  static CORNU_DEVICE Folded merged(Folded a, Folded b) { return a + b; }
};

// Two passes over a row, which lies in cache, so that a mean far from 0 costs no digits of the variance; a third writes
// y. Operands: x, gamma, beta, y, mean, rstd. y may be the memory of x.
template <typename Plan, typename Settings, typename Element> CORNU_DEVICE void layer_norm(void* const* at) {
  using Index = typename Plan::Index;
  using Value = typename Element::Value;
  using Stored = typename Element::Stored;
  constexpr int kOwn = Place<Plan>::kOwn;
  const Place<Plan> place;
  const Source<Element, Plan::kWidth> x(at[0]);
  const Value n = static_cast<Value>(Plan::kLength);
  DistanceSum<Plan, Element, true> squares(x);
  if constexpr (Settings::kCentered) {
    fold(place, DistanceSum<Plan, Element, false>(x), squares.centers);
    CORNU_UNROLL
    for (int k = 0; k < kOwn; ++k) squares.centers[k] /= n;
  }
  Value rstd[kOwn];
  fold(place, squares, rstd);
  CORNU_UNROLL
  for (int k = 0; k < kOwn; ++k) rstd[k] = reciprocal_root(rstd[k] / n, Settings::epsilon());
  if (place.lane == 0 && place.is_inside()) {
    CORNU_UNROLL
    for (int k = 0; k < kOwn; ++k) {
      static_cast<Stored*>(at[4])[place.line + k] = Element::store(squares.centers[k]);
      static_cast<Stored*>(at[5])[place.line + k] = Element::store(rstd[k]);
    }
  }
  const Source<Element, Plan::kWidth> gamma(at[1]);
  const Source<Element, Plan::kWidth> beta(at[2]);
  const Target<Element, Plan::kWidth> y(at[3]);
  for_items(place, squares, [&](Index i, Index offset, const Pack<Stored, Plan::kWidth>& item) {
    const auto gammas = load_along<Plan>(gamma, i);
    const auto betas = load_along<Plan>(beta, i);
    Pack<Stored, Plan::kWidth> pack;
    CORNU_UNROLL
    for (int k = 0; k < Plan::kWidth; ++k) {
      const int line = Plan::kAlong ? 0 : k;
      const Value z = (Element::load(item.values[k]) - squares.centers[line]) * rstd[line];
      pack.values[k] = Element::store(z * Element::load(gammas.values[k]) + Element::load(betas.values[k]));
    }
    y.store(offset, pack);
  });
}

template <typename Value> struct TwoSums {
  Value first;
  Value second;
};
template <typename Value> CORNU_DEVICE TwoSums<Value> added(const TwoSums<Value>& a, const TwoSums<Value>& b) {
  return {a.first + b.first, a.second + b.second};
}

// Of rows: sum(h) and sum(h z), where h = gamma dy and z = (x - mean) rstd. Operands: x, mean, rstd, gamma, dy.
template <typename Plan, typename Element> struct RowSums {
  using Index = typename Plan::Index;
  using Value = typename Element::Value;
  using Stored = typename Element::Stored;
  using Folded = TwoSums<Value>;
  using Values = Pack<Stored, Plan::kWidth>;
  struct Item {
    Values x;
    Values dy;
    Values gamma;
  };
  static constexpr int kOwn = Place<Plan>::kOwn;
  Source<Element, Plan::kWidth> x;
  Source<Element, Plan::kWidth> dy;
  Source<Element, Plan::kWidth> gamma;
  Value mean[kOwn];
  Value rstd[kOwn];

  CORNU_DEVICE RowSums(const Place<Plan>& place, void* const* at) : x(at[0]), dy(at[4]), gamma(at[3]) {
    if (!place.is_inside()) return;
    CORNU_UNROLL
    for (int k = 0; k < kOwn; ++k) {
      mean[k] = Element::load(static_cast<const Stored*>(at[1])[place.line + k]);
      rstd[k] = Element::load(static_cast<const Stored*>(at[2])[place.line + k]);
    }
  }
  CORNU_DEVICE Item load(Index i, Index offset) const {
    return {x.load(offset), dy.load(offset), load_along<Plan>(gamma, i)};
  }
  CORNU_DEVICE Value h(const Item& item, int k) const {
    return Element::load(item.gamma.values[k]) * Element::load(item.dy.values[k]);
  }
  CORNU_DEVICE Value z(const Item& item, int k) const {
    const int line = Plan::kAlong ? 0 : k;
    return (Element::load(item.x.values[k]) - mean[line]) * rstd[line];
  }
  static CORNU_DEVICE Folded start() { return {0, 0}; }
  CORNU_DEVICE void add(Folded& a, const Item& item, int k, Index) const {
    a = added(a, {h(item, k), h(item, k) * z(item, k)});
  }
  static CORNU_DEVICE Folded merged(const Folded& a, const Folded& b) { return added(a, b); }
};

// dx = rstd (h - sum(h) / n - z sum(h z) / n), without sum(h) where rows are not centred. Operands: those of RowSums,
// then dx, which may be the memory of x or dy.
template <typename Plan, typename Settings, typename Element> CORNU_DEVICE void layer_norm_dx(void* const* at) {
  using Index = typename Plan::Index;
  using Value = typename Element::Value;
  const Place<Plan> place;
  const RowSums<Plan, Element> sums(place, at);
  TwoSums<Value> results[Place<Plan>::kOwn];
  fold(place, sums, results);
  const Value n = static_cast<Value>(Plan::kLength);
  const Target<Element, Plan::kWidth> dx(at[5]);
  for_items(place, sums, [&](Index, Index offset, const typename RowSums<Plan, Element>::Item& item) {
    Pack<typename Element::Stored, Plan::kWidth> pack;
    CORNU_UNROLL
    for (int k = 0; k < Plan::kWidth; ++k) {
      const int line = Plan::kAlong ? 0 : k;
      const Value mean_h = Settings::kCentered ? results[line].first / n : static_cast<Value>(0);
      const Value rest = sums.h(item, k) - mean_h - sums.z(item, k) * (results[line].second / n);
      pack.values[k] = Element::store(sums.rstd[line] * rest);
    }
    dx.store(offset, pack);
  });
}

// Of columns: dgamma = sum(dy z) and dbeta = sum(dy). Operands: x, mean, rstd, dy.
template <typename Plan, typename Element> struct ColumnSums {
  using Index = typename Plan::Index;
  using Value = typename Element::Value;
  using Folded = TwoSums<Value>;
  using Part = Folded;
  using Values = Pack<typename Element::Stored, Plan::kWidth>;
  struct Item {
    Values x;
    Values mean;
    Values rstd;
    Values dy;
  };
  Source<Element, Plan::kWidth> x;
  Source<Element, Plan::kWidth> mean;
  Source<Element, Plan::kWidth> rstd;
  Source<Element, Plan::kWidth> dy;

  CORNU_DEVICE ColumnSums(const Place<Plan>&, void* const* at) : x(at[0]), mean(at[1]), rstd(at[2]), dy(at[3]) {}
  CORNU_DEVICE Item load(Index i, Index offset) const {
    return {x.load(offset), load_along<Plan>(mean, i), load_along<Plan>(rstd, i), dy.load(offset)};
  }
  static CORNU_DEVICE Folded start() { return {0, 0}; }
  CORNU_DEVICE void add(Folded& a, const Item& item, int k, Index) const {
    const Value distance = Element::load(item.x.values[k]) - Element::load(item.mean.values[k]);
    const Value gradient = Element::load(item.dy.values[k]);
    a = added(a, {gradient * (distance * Element::load(item.rstd.values[k])), gradient});
  }
  static CORNU_DEVICE Folded merged(const Folded& a, const Folded& b) { return added(a, b); }
  CORNU_DEVICE Part part(const Folded& a, int) const { return a; }
  static CORNU_DEVICE Part nothing() { return start(); }
  static CORNU_DEVICE Part joined(const Part& a, const Part& b) { return added(a, b); }
};

template <typename Element> struct StoreTwoSums {
  using Stored = typename Element::Stored;
  Stored* first;
  Stored* second;
  explicit CORNU_DEVICE StoreTwoSums(void* const* at)
      : first(static_cast<Stored*>(at[0])), second(static_cast<Stored*>(at[1])) {}
  template <typename Index>
  CORNU_DEVICE void operator()(Index, Index line, const TwoSums<typename Element::Value>& sums) const {
    first[line] = Element::store(sums.first);
    second[line] = Element::store(sums.second);
  }
};

}  // namespace device
